// The desk in the browser: sums of what is ticked, change, and a flow that needs no mouse. All amounts are whole cents as BigInt;
// what is taken is worked out again by the server.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const cents = (text) => {
    const plain = String(text || "").normalize("NFKC").replace(/[,\s¥元]/g, "").replace(/。/g, ".");
    const match = /^(\d+)(?:\.(\d{0,2}))?$/.exec(plain);
    return match ? BigInt(match[1]) * 100n + BigInt((match[2] || "").padEnd(2, "0")) : null;
  };
  const plain = (sum) => { const digits = String(sum).padStart(3, "0"); return `${digits.slice(0, -2)}.${digits.slice(-2)}`; };
  const shown = (sum) => plain(sum).replace(/\B(?=(\d{3})+\.)/g, ",");

  // --- find a payer -----------------------------------------------------------------------------------------------------------
  const field = $("[data-desk-find]");
  const hits = () => $$("#desk-found .b-hit");
  const choose = (hit) => {
    hits().forEach((one) => one.setAttribute("aria-selected", String(one === hit)));
    if (!hit) { field.removeAttribute("aria-activedescendant"); return; }
    field.setAttribute("aria-activedescendant", hit.id);
    hit.scrollIntoView({ block: "nearest" });
  };
  // Typing on means somebody else: until the answer comes, Enter asks for what is typed, not for what was chosen before.
  field?.addEventListener("input", () => choose(null));
  field?.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter and arrows belong to the input method
    const all = hits();
    const at = all.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (all.length) choose(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
    } else if (event.key === "Enter" && at > 0) {
      event.preventDefault();
      all[at].click();
    } else if (event.key === "Escape") {
      field.value = "";
      $("#desk-found").replaceChildren();
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "desk-found") field.setAttribute("aria-expanded", String(hits().length > 0));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "F2" && field) { event.preventDefault(); field.focus(); field.select(); }
    const press = $(`[data-key-press="${event.key}"]`);
    if (press) { event.preventDefault(); press.click(); }
  });

  // --- the till ---------------------------------------------------------------------------------------------------------------
  const form = $("[data-desk]");
  if (!form) return;
  const boxes = () => $$("input[name=bills]", form);
  const amount = $("#id_amount");
  const given = $("#id_tendered");
  const take = $("[data-desk-take]");
  let own = amount.value !== "" && form.querySelector(".a-summary") !== null; // the cashier's own figure is not overwritten
  const method = () => $("input[name=method]:checked", form);

  // How much of a bill is paid now: what stands beside it, null for "as far as the money goes".
  const partOf = (box) => $("[data-desk-part]", box.closest("tr"));
  const wanted = (box) => cents(partOf(box).value);
  const ticked = () => boxes().filter((box) => box.checked);
  const due = () => {
    const late = $("[data-desk-late]");
    const withLate = !late || late.checked;
    return ticked().reduce((sum, box) => sum + (wanted(box) ?? cents(box.dataset.open)) + (withLate ? cents(box.dataset.late) : 0n), 0n);
  };
  const exactly = () => ticked().reduce((total, box) => total + (wanted(box) ?? 0n), 0n);

  // The field that keeps the money from being taken, and what it says; null where nothing does.
  const wrongPart = (box) => partOf(box).value.trim() !== "" && (!wanted(box) || wanted(box) > cents(box.dataset.open));
  const obstacle = () => {
    const paid = cents(amount.value);
    const bad = boxes().find(wrongPart);
    if (bad) return partOf(bad);
    if (!paid || paid < exactly()) return amount;
    const cash = cents(given.value);
    return method()?.value === "cash" && given.value.trim() !== "" && (cash === null || cash < paid) ? given : null;
  };
  const say = () => {
    const sum = due();
    const paid = cents(amount.value);
    const says = $("[data-desk-says]");
    const put = (kind, rest, tone = "") => { says.textContent = form.dataset[`say${kind}`].replace("{rest}", rest); says.dataset.tone = tone; };
    const exact = exactly();
    const tooMuch = boxes().filter((box) => {
      const bad = wrongPart(box);
      if (bad) partOf(box).setAttribute("aria-invalid", "true"); else partOf(box).removeAttribute("aria-invalid");
      return bad;
    });
    if (!paid) put("Empty", "");
    else if (tooMuch.length) put("Much", "", "bad");
    else if (paid < exact) put("Wanted", shown(exact - paid), "bad");
    else if (sum === 0n) put("None", "", "warn");
    else if (paid === sum) put("Exact", "");
    else if (paid < sum) put("Part", shown(sum - paid), "warn");
    else put("Over", shown(paid - sum), "warn");
    const cash = cents(given.value);
    const change = $("[data-desk-change]");
    const short = cash !== null && paid !== null && cash < paid;
    change.textContent = cash === null || paid === null ? "—" : short ? form.dataset.sayShort.replace("{rest}", shown(paid - cash)) : `¥${shown(cash - paid)}`;
    change.dataset.tone = short ? "bad" : "";
    const count = ticked().length;
    // The question repeats what is easily mistaken: the change, and what stays open or becomes a prepayment.
    const ask = [(count ? form.dataset.ask : form.dataset.askNone).replace("{method}", method()?.dataset.label || "").replace("{amount}", paid === null ? "0.00" : shown(paid))
      .replace("{count}", String(count))];
    if (method()?.value === "cash" && cash !== null && paid !== null && cash >= paid) ask.push(form.dataset.askChange.replace("{given}", shown(cash)).replace("{change}", shown(cash - paid)));
    if (count && paid !== sum) ask.push(says.textContent);
    form.dataset.confirm = ask.join("\n");
  };
  const update = () => {
    $$("[data-desk-group]", form).forEach((group) => {
      const mine = $$("input[name=bills]", group);
      const chosen = mine.filter((box) => box.checked).length;
      const head = $("[data-desk-item]", group);
      head.checked = chosen === mine.length;
      head.indeterminate = chosen > 0 && chosen < mine.length;
    });
    const sum = due();
    $("[data-desk-due]").textContent = shown(sum);
    $("[data-desk-count]").textContent = String(ticked().length);
    $("[data-desk-bar-sum]").textContent = shown(sum);
    $("[data-desk-bar-count]").textContent = String(ticked().length);
    boxes().filter((box) => !box.checked).forEach((box) => { partOf(box).value = ""; }); // no part of what is not paid
    if (!own) {
      const hand = cents(form.dataset.prepayment);
      const proposed = method()?.value === "prepayment" && hand < sum ? hand : sum;
      amount.value = proposed ? plain(proposed) : "";
    }
    $$("[data-desk-for]", form).forEach((part) => { part.hidden = !part.dataset.deskFor.split(" ").includes(method()?.value); });
    say();
  };

  form.addEventListener("change", (event) => {
    const target = event.target;
    if (target.matches("[data-desk-item]")) {
      $$("input[name=bills]", target.closest("[data-desk-group]")).forEach((box) => { box.checked = target.checked; });
      own = false;
    } else if (target.matches("input[name=bills], [data-desk-late]")) {
      own = false;
    } else if (target.matches("[data-desk-day]") && target.value) {
      const asked = new URLSearchParams({ on: target.value, method: method()?.value || "" });
      if (ticked().length < boxes().length) (ticked().length ? ticked() : [{ value: "" }]).forEach((box) => asked.append("bills", box.value));
      location.search = asked;
      return;
    } else if (target.matches("input[name=method]")) {
      own = false;
    }
    update();
  });
  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-desk-part]")) {
      if (event.target.value.trim()) $("input[name=bills]", event.target.closest("tr")).checked = true;
      update();
      return;
    }
    if (event.target === amount) own = true;
    if (event.target === amount || event.target === given) { event.target.removeAttribute("aria-invalid"); say(); }
  });
  form.addEventListener("click", (event) => {
    const note = event.target.closest("[data-note]");
    if (note) {
      const face = note.dataset.note;
      given.value = face === "exact" ? amount.value : plain((cents(given.value) || 0n) + BigInt(face) * 100n);
      say();
      return;
    }
    if (event.target.closest("[data-desk-all]")) tickAll();
    if (event.target.closest("[data-desk-split]")) split();
    const row = event.target.closest(".b-owed tbody tr");
    if (row && !event.target.closest("input, a, button")) $("input[type=checkbox]", row).click();
  });
  const tickAll = () => {
    const mine = $$(".b-owed input[name=bills]", form);
    const every = mine.every((box) => box.checked);
    mine.forEach((box) => { box.checked = !every; });
    own = false;
    update();
  };

  // An amount per bill is the exception: its column comes when it is called, and goes with what was typed there.
  const parts = () => $$("[data-desk-part]", form).filter((part) => part.checkVisibility());
  const split = () => {
    const on = form.dataset.parts !== "on";
    form.dataset.parts = on ? "on" : "off";
    $("[data-desk-split]", form)?.setAttribute("aria-pressed", String(on));
    if (on) {
      parts()[0]?.focus();
    } else {
      $$("[data-desk-part]", form).forEach((part) => { part.value = ""; });
      amount.focus();
      amount.select();
    }
    update();
  };

  // What can't be taken is not asked about. On the window, because the question is asked on the way down.
  addEventListener("submit", (event) => {
    const field = event.target === form ? obstacle() : null;
    if (!field) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.setAttribute("aria-invalid", "true");
    field.focus();
    field.select();
  }, true);
  // A key that is held down must not run through every step and answer the question as well.
  addEventListener("keydown", (event) => { if (event.key === "Enter" && event.repeat) { event.preventDefault(); event.stopImmediatePropagation(); } }, true);

  // Enter leads from field to field, then takes the payment; the question that follows is answered by Enter again.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT" || event.target.type === "checkbox") return;
    event.preventDefault();
    if (event.target.matches("[data-desk-part]")) {
      const all = parts();
      const below = all[all.indexOf(event.target) + 1] || amount;
      below.focus();
      below.select();
      return;
    }
    const steps = [amount, given, $("#id_reference")].filter((step) => step && !step.closest("[hidden]"));
    const next = steps[steps.indexOf(event.target) + 1];
    if (next && steps.includes(event.target)) { next.focus(); next.select(); } else form.requestSubmit(take);
  });
  form.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.target.matches("[data-desk-part]")) return;
    event.preventDefault();
    const all = parts();
    const next = all[all.indexOf(event.target) + step];
    next?.focus();
    next?.select();
  });
  document.addEventListener("keydown", (event) => {
    if ($("dialog[open]")) return;
    if (event.altKey && /^[1-4]$/.test(event.key)) {
      const choice = $$("input[name=method]", form)[Number(event.key) - 1];
      if (choice && !choice.disabled) { event.preventDefault(); choice.click(); amount.focus(); }
    } else if (event.key === "F4" && !event.altKey) { event.preventDefault(); tickAll(); }
    else if (event.key === "F6" && !event.altKey && !event.ctrlKey && $("[data-desk-split]", form)) { event.preventDefault(); split(); }
    else if (event.key === "F8") { event.preventDefault(); amount.focus(); amount.select(); }
    else if (event.key === "F9") { event.preventDefault(); form.requestSubmit(take); }
  });
  addEventListener("pageshow", update);
  update();
  const bar = $("[data-desk-bar]");
  // The till counts as seen when it stands in the upper half, not when its edge shows.
  new IntersectionObserver((seen) => { bar.hidden = seen.at(-1).isIntersecting; }, { rootMargin: "0px 0px -45% 0px" }).observe($("#till"));
  // On a narrow screen the till stands below what is owed: jumping there would hide it.
  if (!$(".a-summary", form) && matchMedia("(min-width: 1081px)").matches) { amount.focus({ preventScroll: true }); amount.select(); }
})();
