// The page's policy allows style elements only with the nonce of this response; the server writes it into index.html.

const placeholder = "__CSP_NONCE__";

export function styleNonce(): string | undefined {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  // The development server and the tests replace nothing.
  return nonce && nonce !== placeholder ? nonce : undefined;
}

/**
 * For a library that makes style elements and cannot be told the nonce: those that it makes during `make` get it.
 * Only the call is covered, so that nothing else on the page changes.
 */
export function withStyleNonce<T>(make: () => T): T {
  const nonce = styleNonce();
  if (!nonce) return make();
  const createElement = document.createElement.bind(document);
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = createElement(name, options);
    if (name.toLowerCase() === "style") element.setAttribute("nonce", nonce);
    return element;
  }) as typeof document.createElement;
  try {
    return make();
  } finally {
    // The method of the prototype is what was there before.
    Reflect.deleteProperty(document, "createElement");
  }
}
