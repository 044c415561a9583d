// Fields for days and months: shown as 2026-11-30 everywhere, and counted when a person is done with them.
(() => {
  "use strict";
  // A browser writes them in the way of its own language; while nobody types into it, the field shows 2026-11-30 like all pages.
  const DAYS = "input:is([type=date], [type=month])";
  const showIso = (field) => {
    field.toggleAttribute("data-empty", !field.value);
    field.dataset.iso = field.value || document.body.dataset[field.type === "date" ? "isoDay" : "isoMonth"] || "";
  };
  ["input", "change", "focusout"].forEach((kind) => document.addEventListener(kind, (event) => {
    if (event.target.matches(DAYS)) showIso(event.target);
  }));

  // A day that is typed counts when the person leaves the field or presses Enter: on the way to 2026-11-20 stand other days.
  // One that is picked counts at once. Held back on the window, so that nobody hears of it before.
  let typed = null;
  let changed = false;
  const count = (field) => {
    const due = changed;
    typed = null;
    changed = false;
    if (due) field.dispatchEvent(new Event("change", { bubbles: true }));
    return due;
  };
  addEventListener("keydown", (event) => {
    if (!(event.target instanceof Element) || !event.target.matches(DAYS)) return;
    if (/^(\d|ArrowUp|ArrowDown|Backspace|Delete)$/.test(event.key)) typed = event.target;
    else if (event.key === "Enter" && event.target === typed && count(typed)) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
  addEventListener("change", (event) => {
    if (event.target !== typed || !event.isTrusted) return;
    changed = true;
    event.stopImmediatePropagation();
    showIso(typed);
  }, true);
  addEventListener("pointerdown", (event) => { if (event.target === typed) { typed = null; changed = false; } }, true);
  addEventListener("focusout", (event) => { if (event.target === typed) count(typed); }, true);

  const show = (root) => root.querySelectorAll(DAYS).forEach(showIso);
  document.addEventListener("DOMContentLoaded", () => show(document));
  document.addEventListener("htmx:load", (event) => show(event.detail.elt.parentElement || event.detail.elt));
  addEventListener("pageshow", () => show(document)); // a page come back to brings values of its own
})();
