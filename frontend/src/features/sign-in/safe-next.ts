/** Where to go after signing in: only an address of this application, never another site. */
export function safeNext(next: string | undefined): string {
  if (!next || !next.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/";
  const url = new URL(next, window.location.origin);
  if (url.origin !== window.location.origin || url.pathname === "/sign-in" || url.pathname === "/setup")
    return "/";
  return url.pathname + url.search + url.hash;
}
