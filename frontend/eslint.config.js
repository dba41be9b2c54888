import path from "node:path";
import { fileURLToPath } from "node:url";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import { layersRule } from "./eslint/layers.js";

const here = path.dirname(fileURLToPath(import.meta.url));

export default tseslint.config(
  { ignores: ["dist", "node_modules", "test-results", "playwright-report", "src/api/schema.d.ts"] },
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: {
      carrel: { rules: { layers: layersRule(path.join(here, "src")) } },
      "react-hooks": reactHooks,
    },
    extends: [jsxA11y.flatConfigs.recommended],
    rules: {
      "carrel/layers": "error",
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      // Fields of a dialog take the focus when it opens: the dialog itself was asked for.
      "jsx-a11y/no-autofocus": "off",
      "no-console": "error",
      "no-restricted-globals": [
        "error",
        {
          name: "fetch",
          message: "Requests go through ApiClient: it parses errors and sees the end of a session.",
        },
        { name: "localStorage", message: "Only lib/theme and lib/i18n keep anything in the browser." },
      ],
    },
  },
  {
    files: ["src/**/*.test.{ts,tsx}", "src/testing/**"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off", "no-restricted-globals": "off" },
  },
);
