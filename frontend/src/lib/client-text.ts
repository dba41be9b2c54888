// A browser's own description in plain words: "Firefox on Linux". Names only what is certain enough to help.
import type { I18n } from "./i18n/i18n";

const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\b(OPR|Opera)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|Chromium|CriOS)\//, "Chrome"],
  [/\bVersion\/[\d.]+.*Safari\//, "Safari"],
  [/^curl\//, "curl"],
  [/\brclone\//i, "rclone"],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\b(Macintosh|Mac OS X)\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

const found = (table: typeof browsers, text: string) => table.find(([sign]) => sign.test(text))?.[1];

/** `null` when nothing was said. What is not a browser's description stays as it is, cut short. */
export function clientText(i18n: I18n, client: string | null): string | null {
  if (!client) return null;
  const browser = found(browsers, client);
  const system = found(systems, client);
  if (browser && system) return i18n.t("common.client_on", { browser, system });
  return browser ?? system ?? (client.length > 60 ? `${client.slice(0, 60)}…` : client);
}
