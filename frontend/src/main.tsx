import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@/lib/theme/layers.css";
import "@/lib/theme/mantine.css";
import "@/lib/theme/fonts.css";
import "@/lib/theme/tokens.css";
import "@/lib/theme/base.css";
import { App } from "@/app/app";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
