// What a page does in the browser, without a build step; fields for days and months are the matter of days.js. Every behaviour
// hangs on a data attribute, so that a fragment that htmx swaps in works like the page it lands on, and a page without
// JavaScript still submits its forms.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const text = (key) => document.body.dataset[key] || "";
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  // --- theme ----------------------------------------------------------------------------------------------------------------
  const showTheme = () => $$("[data-theme-set]").forEach((button) => {
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === window.anjuTheme.read()));
  });

  // --- toasts ---------------------------------------------------------------------------------------------------------------
  const toast = (message, tone = "info") => {
    const host = $("#toasts");
    const mould = $("#toast-mould");
    if (!host || !mould) return;
    const item = mould.content.firstElementChild.cloneNode(true);
    item.dataset.tone = tone;
    $("[data-toast-text]", item).textContent = message;
    host.append(item);
    if (tone !== "bad") setTimeout(() => item.remove(), 7000);
  };

  // --- dialogs --------------------------------------------------------------------------------------------------------------
  const openDialog = (dialog) => {
    if (!dialog || dialog.open) return;
    dialog.showModal();
    const field = $("[autofocus], input:not([type=hidden])", dialog);
    field?.focus();
    if (dialog.id === "palette") field.select(); // what was searched last is replaced by typing
  };

  // One question at a time: the form or link waits until the person has answered.
  const ask = (element, proceed) => {
    const dialog = $("#confirm");
    if (!dialog) { if (confirm(element.dataset.confirm)) proceed(); return; }
    $("[data-confirm-title]", dialog).textContent = element.dataset.confirmTitle || text("confirmTitle");
    $("[data-confirm-text]", dialog).textContent = element.dataset.confirm;
    const yes = $("[data-confirm-yes]", dialog);
    yes.textContent = element.dataset.confirmYes || text("confirmYes");
    yes.className = element.dataset.confirmTone === "bad" ? "btn btn-danger" : "btn btn-primary";
    dialog.returnValue = "";
    dialog.addEventListener("close", () => { if (dialog.returnValue === "yes") proceed(); }, { once: true });
    dialog.showModal();
    yes.focus();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const asker = event.submitter?.dataset.confirm ? event.submitter : form;
    if (asker.dataset.confirm && !form.dataset.confirmed) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(asker, () => {
        form.dataset.confirmed = "yes";
        form.requestSubmit(event.submitter || undefined);
        delete form.dataset.confirmed;
      });
      return;
    }
    // A second click must not pay twice; the server is idempotent as well, this only keeps the person calm.
    if (event.submitter && !form.hasAttribute("hx-post") && form.method === "post" && form.target !== "_blank") {
      const button = event.submitter;
      setTimeout(() => { button.dataset.busy = ""; }, 0);
    }
  }, true);
  addEventListener("pageshow", () => $$("[data-busy]").forEach((button) => delete button.dataset.busy));

  document.addEventListener("click", (event) => {
    const target = event.target;
    const find = (selector) => target.closest(selector);
    let element;
    if ((element = find("a[data-confirm]"))) {
      event.preventDefault();
      ask(element, () => { location.href = element.href; });
    } else if ((element = find("[data-dialog-open]"))) {
      event.preventDefault();
      openDialog(document.getElementById(element.dataset.dialogOpen));
    } else if ((element = find("[data-toggle-open]"))) {
      const open = element.closest("form").classList.toggle("is-open");
      element.setAttribute("aria-expanded", String(open));
    } else if ((element = find("[data-dialog-close]"))) {
      element.closest("dialog").close();
    } else if ((element = find("[data-theme-set]"))) {
      window.anjuTheme.set(element.dataset.themeSet);
    } else if ((element = find("[data-toast-close]"))) {
      element.closest(".a-toast").remove();
    } else if (find("[data-rail-toggle]")) {
      toggleRail();
    } else if (find("[data-print]")) {
      print();
    } else if ((element = find("[data-copy]"))) {
      navigator.clipboard?.writeText(element.dataset.copy).then(() => toast(text("copied"), "ok"));
    }
    // The second click of a double click falls on what the first one opened: it closes nothing.
    if (target instanceof HTMLDialogElement && target.open && target.dataset.light !== "no" && event.detail < 2) target.close();
    $$("details.a-menu[open]").forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
    const rail = $("#rail");
    if (rail?.hasAttribute("data-open") && !rail.contains(target) && !find("[data-rail-toggle]")) toggleRail(false);
  });

  document.addEventListener("focusout", (event) => {
    const menu = event.target.closest("details.a-menu[open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });

  // --- rail (navigation) ----------------------------------------------------------------------------------------------------
  const toggleRail = (open = !$("#rail").hasAttribute("data-open")) => {
    const rail = $("#rail");
    rail.toggleAttribute("data-open", open);
    $$("[data-rail-toggle]").forEach((button) => button.setAttribute("aria-expanded", String(open)));
    if (open) $("a, button", rail).focus();
  };
  const folded = () => { try { return JSON.parse(localStorage.getItem("anju.folded") || "[]"); } catch { return []; } };
  const restoreRail = () => {
    $$("#rail details[data-section]").forEach((section) => {
      if (folded().includes(section.dataset.section) && !$("[aria-current]", section)) section.open = false;
      section.addEventListener("toggle", () => {
        const closed = $$("#rail details[data-section]:not([open])").map((item) => item.dataset.section);
        try { localStorage.setItem("anju.folded", JSON.stringify(closed)); } catch { /* private mode */ }
      });
    });
    $("#rail [aria-current]")?.scrollIntoView({ block: "nearest" });
  };

  // --- keys -----------------------------------------------------------------------------------------------------------------
  let pending = "";
  document.addEventListener("keydown", (event) => {
    const key = event.key;
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k") {
      event.preventDefault();
      openDialog($("#palette"));
      return;
    }
    if (key === "Escape") {
      if (event.target.closest("#palette") && !event.isComposing) { // a search field would only be emptied
        event.preventDefault();
        $("#palette").close();
        return;
      }
      $$("details.a-menu[open]").forEach((menu) => { menu.open = false; $("summary", menu).focus(); });
      if ($("#rail[data-open]")) { toggleRail(false); $("[data-rail-toggle]")?.focus(); }
      return;
    }
    const menu = event.target.closest("details.a-menu[open]");
    if (menu && (key === "ArrowDown" || key === "ArrowUp")) {
      event.preventDefault();
      move($$(".a-menu-item", menu), key === "ArrowDown" ? 1 : -1, document.activeElement)?.focus();
      return;
    }
    if (event.target.closest("#palette")) { paletteKey(event); return; }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
    if (pending === "g") {
      pending = "";
      const link = $(`[data-key="g ${key.toLowerCase()}"]`);
      if (link) { event.preventDefault(); location.href = link.href; }
    } else if (key === "g") {
      pending = "g";
      setTimeout(() => { pending = ""; }, 1200);
    } else if (key === "/") {
      event.preventDefault();
      const field = $("[data-search-here]");
      if (field) field.focus(); else openDialog($("#palette"));
    } else if (key === "?") {
      openDialog($("#keys"));
    }
  });
  const move = (items, step, from) => items[(items.indexOf(from) + step + items.length) % items.length];

  // --- command palette ------------------------------------------------------------------------------------------------------
  const shownHits = () => $$("#palette .a-hit").filter((hit) => hit.checkVisibility());
  let answered = ""; // the words that the hits on show are the answer to
  let hurried = false; // Enter was pressed before that answer came: open its first hit when it does
  const paletteKey = (event) => {
    if (event.isComposing) return; // Enter and arrows belong to the input method
    const hits = shownHits();
    const chosen = $("#palette .a-hit[aria-selected=true]");
    hurried = false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (hits.length) choose(move(hits, event.key === "ArrowDown" ? 1 : -1, chosen));
    } else if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      const asks = event.target.hasAttribute("hx-get");
      const hit = hits.includes(chosen) ? chosen : hits[0];
      hurried = asks && event.target.value.trim() !== answered;
      if (hit && !hurried) hit.click(); else if (!asks) event.target.form.submit();
    }
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "palette-hits") return;
    answered = String(event.detail.requestConfig.parameters.q || "").trim();
    choose(shownHits()[0]);
    if (hurried && answered === $("#palette input").value.trim()) { hurried = false; shownHits()[0]?.click(); }
  });
  const choose = (hit) => {
    $$("#palette .a-hit").forEach((item, index) => {
      item.id ||= `hit-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(item === hit));
    });
    if (!hit) { $("#palette input")?.removeAttribute("aria-activedescendant"); return; }
    hit.scrollIntoView({ block: "nearest" });
    $("#palette input")?.setAttribute("aria-activedescendant", hit.id);
  };
  // Pages that the person may open are found too, without asking the server.
  const filterPages = () => {
    const list = $("#palette-pages");
    if (!list) return;
    const query = $("#palette input").value.trim().toLowerCase();
    if (!list.children.length) {
      $$("#rail .a-nav a").forEach((link) => {
        const item = document.createElement("li");
        const copy = document.createElement("a");
        copy.className = "a-hit";
        copy.href = link.href;
        copy.append(...[...link.childNodes].filter((node) => !node.classList?.contains("a-count")).map((node) => node.cloneNode(true)));
        item.append(copy);
        list.append(item);
      });
    }
    let shown = 0;
    for (const item of list.children) {
      const hide = !item.textContent.toLowerCase().includes(query) || shown >= 6;
      item.hidden = hide;
      if (!hide) shown += 1;
    }
    list.closest("section").hidden = shown === 0;
  };

  // --- money inputs ---------------------------------------------------------------------------------------------------------
  // Full-width digits, thousands separators and a currency sign are what people paste; the field keeps the plain number.
  const plainNumber = (value) => value.normalize("NFKC").replace(/[,\s¥￥元]/g, "").replace(/。/g, ".");
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!field.matches("input[data-money]")) return;
    const number = plainNumber(field.value);
    field.value = /^-?\d+(\.\d+)?$/.test(number) ? withCents(number) : number;
  });
  // String arithmetic on purpose: a float must never touch an amount. More than two places is left for the server to refuse.
  const withCents = (number) => {
    const [whole, cents = ""] = number.split(".");
    return cents.length > 2 ? number : `${whole}.${cents.padEnd(2, "0")}`;
  };

  // --- files ----------------------------------------------------------------------------------------------------------------
  document.addEventListener("change", (event) => {
    const label = event.target.matches("input[type=file]") && $("[data-file-name]", event.target.parentElement);
    if (label) label.textContent = [...event.target.files].map((file) => file.name).join(", ") || label.dataset.fileName;
  });

  // --- rows to pick ---------------------------------------------------------------------------------------------------------
  const countPicked = (table) => {
    const boxes = $$("[data-pick]", table);
    const picked = boxes.filter((box) => box.checked);
    boxes.forEach((box) => box.closest("tr, li")?.toggleAttribute("data-selected", box.checked));
    const all = $("[data-pick-all]", table);
    if (all) { all.checked = boxes.length > 0 && picked.length === boxes.length; all.indeterminate = picked.length > 0 && !all.checked; }
    const bar = document.getElementById(table.dataset.picks) || $(".a-bulk");
    if (!bar) return;
    bar.hidden = picked.length === 0;
    $("[data-picked]", bar)?.replaceChildren(String(picked.length));
    // Whole cents, not floats: amounts are read as digits.
    const cents = picked.reduce((sum, box) => sum + BigInt(withCents(box.dataset.amount || "0").replace(".", "")), 0n);
    const sign = cents < 0n ? "-" : "";
    const digits = String(cents < 0n ? -cents : cents).padStart(3, "0");
    const sum = `${sign}${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${digits.slice(-2)}`;
    $("[data-picked-sum]", bar)?.replaceChildren(sum);
  };
  document.addEventListener("change", (event) => {
    const table = event.target.closest("[data-picks]");
    if (!table) return;
    if (event.target.matches("[data-pick-all]")) $$("[data-pick]", table).forEach((box) => { box.checked = event.target.checked; });
    if (event.target.matches("[data-pick], [data-pick-all]")) countPicked(table);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // --- charts ---------------------------------------------------------------------------------------------------------------
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawChart = (host) => {
    if (!window.echarts) return;
    const data = JSON.parse(document.getElementById(host.dataset.chart).textContent);
    const palette = [1, 2, 3, 4, 5, 6].map((n) => css(`--chart-${n}`));
    const label = { color: css("--ink-3"), fontFamily: css("--font-sans"), fontSize: 12 };
    const round = data.kind === "donut";
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const chart = window.echarts.getInstanceByDom(host) || window.echarts.init(host, null, { renderer: "svg" });
    chart.setOption({
      color: palette, animation: !still, textStyle: { fontFamily: css("--font-sans") },
      grid: { left: 8, right: 16, top: data.series?.length > 1 ? 40 : 16, bottom: 4, containLabel: true },
      legend: { show: round || data.series?.length > 1, left: 0, top: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: label },
      tooltip: {
        trigger: round ? "item" : "axis", backgroundColor: css("--raised"), borderColor: css("--line"), textStyle: { color: css("--ink"), fontSize: 13 },
        valueFormatter: (value) => `${Number(value).toLocaleString("en-US", { maximumFractionDigits: 2 })}${data.unit ? ` ${data.unit}` : ""}`,
      },
      xAxis: round ? undefined : { type: "category", data: data.labels, axisLabel: label, axisTick: { show: false }, axisLine: { lineStyle: { color: css("--line") } } },
      yAxis: round ? undefined : { type: "value", axisLabel: label, splitLine: { lineStyle: { color: css("--line") } } },
      series: round
        ? [{ type: "pie", radius: ["58%", "82%"], center: ["50%", "56%"], label: { show: false }, itemStyle: { borderColor: css("--surface"), borderWidth: 2 },
          data: data.labels.map((name, index) => ({ name, value: data.series[0].data[index] })) }]
        : data.series.map((series) => ({
          name: series.name, type: series.kind || data.kind || "line", data: series.data, stack: data.stacked ? "all" : undefined, smooth: 0.25, symbolSize: 6,
          barMaxWidth: 26, lineStyle: { width: 2.5 }, itemStyle: { borderRadius: data.stacked ? 0 : [4, 4, 0, 0] },
        })),
    }, true);
  };
  addEventListener("resize", () => $$("[data-chart]").forEach((host) => window.echarts?.getInstanceByDom(host)?.resize()));
  addEventListener("anju:theme", () => { showTheme(); $$("[data-chart]").forEach(drawChart); });

  // --- htmx -----------------------------------------------------------------------------------------------------------------
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf || "";
  });
  document.addEventListener("htmx:confirm", (event) => {
    const element = event.detail.elt;
    if (!element.dataset.confirm || element.tagName === "FORM") return;
    event.preventDefault();
    ask(element, () => event.detail.issueRequest(true));
  });
  const offline = (gone) => { const bar = $("#offline"); if (bar) bar.hidden = !gone; };
  document.addEventListener("htmx:sendError", () => offline(true));
  document.addEventListener("htmx:timeout", () => offline(true));
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) offline(false); });
  addEventListener("offline", () => offline(true));
  addEventListener("online", () => offline(false));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    // The session ended while the page stood open: a sign-in page must not land inside a table.
    if (new URL(xhr.responseURL || location.href, location.href).pathname.startsWith(text("signIn")) || xhr.status === 401) {
      event.detail.shouldSwap = false;
      location.href = `${text("signIn")}?next=${encodeURIComponent(location.pathname + location.search)}`;
    } else if (xhr.status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    toast(text(status === 403 ? "errorRight" : status === 404 ? "errorMissing" : "errorServer"), "bad");
  });
  document.addEventListener("anju:toast", (event) => toast(event.detail.message, event.detail.tone));

  // --- what a fresh piece of page needs ---------------------------------------------------------------------------------------
  const dress = (root) => {
    $$(".a-table table", root).forEach((table) => {
      const name = (head) => head.dataset.label ?? ($(".visually-hidden", head) ? "" : head.textContent.trim());
      const heads = $$("thead tr:last-child > *", table).map(name);
      $$("tbody tr, tfoot tr", table).forEach((row) => {
        let column = 0;
        for (const cell of row.children) {
          if (heads[column] && !cell.dataset.label && cell.colSpan === 1) cell.dataset.label = heads[column];
          column += cell.colSpan;
        }
      });
    });
    $$("[data-picks]", root).forEach(countPicked);
    $$("[data-chart]", root).forEach(drawChart);
    $$("[data-toast-life]", root).forEach((item) => setTimeout(() => item.remove(), Number(item.dataset.toastLife)));
  };
  document.addEventListener("DOMContentLoaded", () => {
    dress(document);
    showTheme();
    restoreRail();
    $("#palette input")?.addEventListener("input", filterPages);
    $("#palette")?.addEventListener("focusin", filterPages, { once: true });
    ($(".a-summary") || $("[data-focus] input"))?.focus();
    const top = $(".a-top");
    if (top) addEventListener("scroll", () => top.toggleAttribute("data-stuck", scrollY > 4), { passive: true });
  });
  // Of what has come, not of what it replaced: after an outerHTML swap the target is no longer on the page.
  document.addEventListener("htmx:load", (event) => {
    const part = event.detail.elt;
    if (part !== document.body) dress(part.closest(".a-table")?.parentElement || part);
  });
})();
