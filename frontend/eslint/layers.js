// Holds the direction of imports: shared (components, lib, api, testing) → features → app, and no feature
// imports another. The list of features is the list of folders, so that a new one is covered at once.
import path from "node:path";

/** @param {string} root absolute path of `src` @param {string} file absolute path of a file */
export function layerOf(root, file) {
  const relative = path.relative(root, file).split(path.sep);
  const [top, feature] = relative;
  if (top === undefined || top === "..") return null;
  if (top === "features") return { layer: "features", feature: feature ?? "" };
  if (top === "app" || relative.length === 1) return { layer: "app", feature: "" };
  return { layer: "shared", feature: "" };
}

const rank = { shared: 0, features: 1, app: 2 };

/** @returns {import("eslint").Rule.RuleModule} */
export function layersRule(root) {
  return {
    meta: {
      type: "problem",
      schema: [],
      messages: {
        upward: "'{{from}}' must not import from '{{to}}': shared → features → app.",
        sideways:
          "Feature '{{from}}' must not import feature '{{to}}': move what both need to a shared folder.",
      },
    },
    create(context) {
      const from = layerOf(root, context.filename);
      if (!from) return {};
      const check = (node) => {
        const source = node.source?.value;
        if (typeof source !== "string") return;
        const target = source.startsWith("@/")
          ? path.join(root, source.slice(2))
          : source.startsWith(".")
            ? path.resolve(path.dirname(context.filename), source)
            : null;
        if (!target) return;
        const to = layerOf(root, target);
        if (!to) return;
        if (rank[to.layer] > rank[from.layer]) {
          context.report({ node, messageId: "upward", data: { from: from.layer, to: to.layer } });
        } else if (from.layer === "features" && to.layer === "features" && from.feature !== to.feature) {
          context.report({ node, messageId: "sideways", data: { from: from.feature, to: to.feature } });
        }
      };
      return {
        ImportDeclaration: check,
        ImportExpression: check,
        ExportNamedDeclaration: check,
        ExportAllDeclaration: check,
      };
    },
  };
}
