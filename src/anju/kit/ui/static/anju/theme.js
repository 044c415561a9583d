// Runs before the first paint so that a dark reader never sees a white flash. The choice is kept on this machine only.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const read = () => { try { return localStorage.getItem("anju.theme") || "auto"; } catch { return "auto"; } };
  const apply = () => {
    const choice = read();
    root.dataset.bsTheme = choice === "auto" ? (system.matches ? "dark" : "light") : choice;
    root.dataset.themeChoice = choice;
    dispatchEvent(new CustomEvent("anju:theme"));
  };
  window.anjuTheme = {
    read,
    set(choice) { try { localStorage.setItem("anju.theme", choice); } catch { /* private mode: this page only */ } apply(); },
  };
  system.addEventListener("change", apply);
  apply();
})();
