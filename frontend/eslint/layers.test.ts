// @vitest-environment node
import { RuleTester } from "eslint";
import { it } from "vitest";
import { layersRule } from "./layers.js";

RuleTester.it = it;
RuleTester.describe = (_text, run) => run();

new RuleTester().run("layers", layersRule("/app/src"), {
  valid: [
    { filename: "/app/src/app/router.tsx", code: 'import "@/features/files/files-page"' },
    { filename: "/app/src/features/files/a.ts", code: 'import "@/lib/narrow"; import "../files/b"' },
    { filename: "/app/src/lib/a.ts", code: 'import "@/api/client"; import "react"' },
    { filename: "/app/vite.config.ts", code: 'import "./src/app/app"' },
  ],
  invalid: [
    {
      filename: "/app/src/features/files/a.ts",
      code: 'import "@/features/log/x"',
      errors: [{ messageId: "sideways" }],
    },
    {
      filename: "/app/src/features/files/list/a.ts",
      code: 'import "../../log/x"',
      errors: [{ messageId: "sideways" }],
    },
    {
      filename: "/app/src/features/files/a.ts",
      code: 'import "@/app/router"',
      errors: [{ messageId: "upward" }],
    },
    {
      filename: "/app/src/lib/a.ts",
      code: 'export * from "../features/files/x"',
      errors: [{ messageId: "upward" }],
    },
    {
      filename: "/app/src/components/a.ts",
      code: 'void import("@/app/app")',
      errors: [{ messageId: "upward" }],
    },
  ],
});
