// Light or dark: what was chosen here, and until then what the system has. No module, so that it runs
// before the page is shown.
"use strict";

{
  const KEY = "fanfare.theme";
  const root = document.documentElement;
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;

  try {
    const theme = localStorage.getItem(KEY);
    if (theme === "dark" || theme === "light") chosen = theme;
  } catch {
    // Storage may be switched off; a choice then lasts as long as the page.
  }

  function show() {
    root.dataset.theme = chosen ?? (systemIsDark.matches ? "dark" : "light");
    const button = document.getElementById("theme");
    button?.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
  }

  function toggle() {
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, chosen);
    } catch {
      // As above.
    }
    show();
  }

  show();
  systemIsDark.addEventListener("change", show);
  addEventListener("DOMContentLoaded", () => {
    show();
    document.getElementById("theme").addEventListener("click", toggle);
  });
}
