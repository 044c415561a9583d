// Charging in the browser: a tariff's form shows what its method needs, the round of meters leads from field to field.
(() => {
  "use strict";
  const tariff = document.querySelector("form[data-tariff]");
  if (tariff) {
    const method = tariff.querySelector("[name=method]");
    const fit = () => {
      tariff.querySelectorAll("[data-methods]").forEach((part) => { part.hidden = !part.dataset.methods.split(" ").includes(method.value); });
      tariff.querySelectorAll("[data-no-method]").forEach((part) => { part.hidden = method.value !== ""; });
    };
    method.addEventListener("change", fit);
    fit();
    // Empty tiers stay away until they are asked for; without this script all of them are there.
    const rows = [...tariff.querySelectorAll("[data-tier]")];
    const add = tariff.querySelector("[data-tier-add]");
    const filled = rows.reduce((last, row, index) => ([...row.querySelectorAll("input")].some((field) => field.value) ? index + 1 : last), 0);
    let shown = Math.max(filled, 1);
    const draw = () => {
      rows.forEach((row, index) => { row.hidden = index >= shown; });
      add.hidden = shown >= rows.length;
    };
    add.addEventListener("click", () => { shown += 1; draw(); rows[shown - 1].querySelector("input").focus(); });
    draw();
  }

  const round = document.querySelector("form[data-round]");
  if (round) {
    const fields = [...round.querySelectorAll("[data-reading]")];
    // Thousandths as whole numbers: a consumption must not come out of a float.
    const thousandths = (text) => {
      const plain = text.normalize("NFKC").replace(/[,\s]/g, "").replace("。", ".");
      const match = /^(\d+)(?:\.(\d{1,3})0*)?$/.exec(plain);
      return match ? BigInt(match[1] + (match[2] || "").padEnd(3, "0")) : null;
    };
    const told = (number, places) => {
      const digits = String(number < 0n ? -number : number).padStart(places + 1, "0");
      const rest = digits.slice(-places).replace(/0+$/, "");
      return `${number < 0n ? "-" : ""}${digits.slice(0, -places)}${rest ? `.${rest}` : ""}`;
    };
    const count = (field) => {
      const row = field.closest("[data-meter]");
      const replaced = row.querySelector("[name^=previous_]").value;
      const now = thousandths(field.value);
      const before = thousandths(replaced || row.dataset.before);
      const times = thousandths(row.dataset.multiplier);
      const cell = row.querySelector("[data-used]");
      const used = now === null || before === null || times === null ? null : (now - before) * times;
      cell.textContent = used === null ? "" : told(used, 6);
      cell.classList.toggle("tone-bad", used !== null && used < 0n);
    };
    round.addEventListener("input", (event) => {
      const row = event.target.closest("[data-meter]");
      if (row) count(row.querySelector("[data-reading]"));
    });
    round.addEventListener("keydown", (event) => {
      const at = fields.indexOf(event.target);
      const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (at < 0 || !step || event.ctrlKey || event.metaKey) return;
      const next = fields[at + step];
      if (!next && event.key === "Enter") return; // Enter in the last field saves the round
      event.preventDefault();
      next?.focus();
      next?.select();
    });
  }
})();
