import type { Page } from "@playwright/test";
import { expect, putFile, test } from "./support/test";

const pages = [
  "/",
  "/files",
  "/workspaces",
  "/log",
  "/account",
  "/account/security",
  "/account/devices",
  "/account/tokens",
  "/account/roles",
  "/account/notices",
];
const longName = `${"Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft ".repeat(2)}${"x".repeat(60)}.txt`;

/** Texts whose contrast with what lies behind them is below 4.5 : 1. */
function weakTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    if (!canvas) return ["no canvas to measure with"];
    canvas.canvas.width = canvas.canvas.height = 1;
    const rgba = (colour: string) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return { r, g, b, a: a / 255 };
    };
    type Colour = ReturnType<typeof rgba>;
    const over = (top: Colour, below: Colour): Colour => ({
      r: top.r * top.a + below.r * (1 - top.a),
      g: top.g * top.a + below.g * (1 - top.a),
      b: top.b * top.a + below.b * (1 - top.a),
      a: 1,
    });
    const behind = (element: Element | null): Colour => {
      if (!element) return rgba("white");
      const own = rgba(getComputedStyle(element).backgroundColor);
      return own.a >= 0.99 ? own : over(own, behind(element.parentElement));
    };
    const light = ({ r, g, b }: Colour) => {
      const part = (value: number) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      };
      return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    };
    const weak: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? "";
      if (
        !element ||
        text === "" ||
        !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      )
        continue;
      if (
        element.closest(
          "script, style, noscript, [disabled], [aria-disabled=true], [aria-hidden=true].avatar",
        )
      )
        continue;
      const box = element.getBoundingClientRect();
      if (box.width <= 1 || box.height <= 1) continue;
      const back = behind(element);
      const front = over(rgba(getComputedStyle(element).color), back);
      const [bright, dim] = [light(front), light(back)].sort((a, b) => b - a) as [number, number];
      const ratio = (bright + 0.05) / (dim + 0.05);
      if (ratio < 4.5) weak.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`);
    }
    return weak;
  });
}

for (const scheme of ["light", "dark"] as const) {
  test(`every page reads well in the ${scheme} theme`, async ({ signedIn: page, api, program, folder }) => {
    await putFile(api, program, folder.id, "notes.md", "x");
    await page.emulateMedia({ colorScheme: scheme });
    for (const address of [...pages, `/files/${folder.id}`]) {
      await page.goto(address);
      await expect(page.getByRole("main")).toBeVisible();
      await page.waitForLoadState("networkidle");
      expect(await weakTexts(page), address).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.dataset["mantineColorScheme"])).toBe(scheme);
  });
}

test("at 360 px nothing is wider than the screen, in German too", async ({
  signedIn: page,
  api,
  program,
  folder,
}) => {
  await putFile(api, program, folder.id, longName, "x");
  await page.setViewportSize({ width: 360, height: 740 });
  for (const language of ["en", "de"] as const) {
    await api.patch(`${program.origin}/api/v1/session/user`, {
      headers: { origin: program.origin },
      data: { language },
    });
    for (const address of [...pages, `/files/${folder.id}`]) {
      await page.goto(address);
      await expect(page.getByRole("main")).toBeVisible();
      await page.waitForLoadState("networkidle");
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      const tooWide = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>("main, header, nav, h1, h2, p, button, a")]
          .filter((element) => {
            const box = element.getBoundingClientRect();
            const scrolls = element.closest("[role=toolbar], [role=tablist], [data-scrolls]");
            return box.width > 0 && !scrolls && box.right > innerWidth + 1;
          })
          .map((element) => element.outerHTML.slice(0, 90)),
      );
      expect(tooWide, `${address} ${language}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(
        360,
      );
    }
  }
  await expect(page.getByRole("navigation", { name: "Orte" })).toBeVisible();
  await api.patch(`${program.origin}/api/v1/session/user`, {
    headers: { origin: program.origin },
    data: { language: "en" },
  });
});

test("every control has a name", async ({ signedIn: page, folder }) => {
  for (const address of [...pages, `/files/${folder.id}`]) {
    await page.goto(address);
    await page.waitForLoadState("networkidle");
    const nameless = await page.evaluate(() =>
      [
        ...document.querySelectorAll(
          "button, a[href], input:not([type=hidden]):not([hidden]), [role=grid], [role=tree]",
        ),
      ]
        .filter((element) => {
          const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
          const name = [
            element.getAttribute("aria-label"),
            element.getAttribute("aria-labelledby"),
            element.textContent,
            ...labels.map((label) => label.textContent),
          ].join("");
          return name.trim() === "";
        })
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    expect(nameless, address).toEqual([]);
  }
});

test("the theme that was chosen is there before the first paint", async ({ signedIn: page }) => {
  await page.goto("/account");
  await page.getByText("Dark", { exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await page.reload({ waitUntil: "commit" });
  await page.waitForFunction(() => document.documentElement.dataset["mantineColorScheme"] === "dark");
  await page.waitForLoadState("networkidle");
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
});
