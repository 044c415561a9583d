// Declared pages (anju.kit.pages): a row opens by a click anywhere on it, and a form warns before typed text is lost.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.defaultPrevented || event.target.closest("a, button, input, label, select, summary")) return;
    if (String(getSelection())) return; // somebody copies a number out of the list
    if (event.ctrlKey || event.metaKey) open(row.dataset.href); else location.href = row.dataset.href;
  });

  let typed = Boolean(document.querySelector("form[data-guard] .a-summary")); // came back with errors, so nothing is saved
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) typed = true; });
  document.addEventListener("submit", () => { typed = false; });
  addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
})();
