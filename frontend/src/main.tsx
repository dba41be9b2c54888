import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@/lib/theme/layers.css";
import "@/lib/theme/mantine.css";
import "@/lib/theme/fonts.css";
import "@/lib/theme/tokens.css";
import "@/lib/theme/base.css";
import { setNonce } from "get-nonce";
import { App } from "@/app/app";
import { styleNonce } from "@/lib/csp/nonce";
import { installTrustedTypes } from "@/lib/csp/trusted-types";

installTrustedTypes();
// Dialogs stop the page behind them from scrolling with a style element of their own.
const nonce = styleNonce();
if (nonce) setNonce(nonce);

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
