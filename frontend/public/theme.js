// Sets the theme before the first paint, so that a dark page never flashes white. Kept apart because the
// page's policy allows no inline scripts. The key and the values are those of src/lib/theme.
(() => {
  let choice = "auto";
  try {
    choice = localStorage.getItem("carrel-theme") ?? "auto";
  } catch {
    // Storage is switched off: the system's theme is used.
  }
  const dark =
    choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.mantineColorScheme = dark ? "dark" : "light";
})();
