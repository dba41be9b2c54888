// The page's policy requires Trusted Types. React and Mantine fill style elements through `innerHTML`; this policy lets
// through only text that cannot make an element, so that no markup reaches the page that way.

interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): unknown;
}

export function plainTextOnly(text: string): string {
  if (text.includes("<")) throw new TypeError("Markup must not be written into the page.");
  return text;
}

export function installTrustedTypes(): void {
  const types = (window as { trustedTypes?: TrustedTypes }).trustedTypes;
  types?.createPolicy("default", { createHTML: plainTextOnly });
}
