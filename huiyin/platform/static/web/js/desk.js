/* The desk: a key for every action, j and k through lists, toasts, and what htmx says when something fails. */
"use strict";
(() => {
  const words = document.getElementById("words").dataset;
  const visible = (e) => e.getClientRects().length > 0;
  const typing = (e) => e.isContentEditable || ["TEXTAREA", "SELECT"].includes(e.tagName) ||
    (e.tagName === "INPUT" && !["checkbox", "radio", "button", "submit"].includes(e.type));
  const keyed = () => { // the page's own keys before those of the menu beside it
    const dialog = document.querySelector("dialog[open]");
    const beside = (e) => Number(!e.closest("main"));
    return [...(dialog || document).querySelectorAll("[data-key]")].sort((a, b) => beside(a) - beside(b));
  };

  const press = (key) => {
    const folded = (e) => e.closest("details:not([open]) .menu-panel");
    const target = keyed().find((e) => e.dataset.key === key && (visible(e) || folded(e)) && !e.disabled);
    if (!target) return false;
    if (typing(target)) target.focus(); else target.click();
    return true;
  };

  const step = (by) => {
    const rows = [...document.querySelectorAll("[data-row]")].filter(visible);
    if (!rows.length) return false;
    const at = rows.indexOf(document.activeElement);
    const current = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const from = at >= 0 ? at : current;
    const to = from < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, from + by));
    rows[to].focus();
    rows[to].scrollIntoView({ block: "nearest" });
    return true;
  };

  const listKeys = () => {
    const list = document.querySelector("[data-keys-list]");
    const seen = new Set();
    list.replaceChildren();
    keyed().forEach((e) => {
      const key = e.dataset.key;
      if (seen.has(key)) return;
      seen.add(key);
      const term = document.createElement("dt");
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap);
      const what = document.createElement("dd");
      const clone = e.cloneNode(true);
      clone.querySelectorAll("kbd, .count").forEach((part) => part.remove());
      what.textContent = (e.getAttribute("aria-label") || clone.textContent).trim();
      list.append(term, what);
    });
  };

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-opens='keys-help']")) listKeys();
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
      else if (typing(document.activeElement)) document.activeElement.blur();
      else if (!document.querySelector("dialog[open]")) press("Escape");
      return;
    }
    const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest("form[data-sends-by-key]");
    if (sends) { event.preventDefault(); sends.requestSubmit(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const inDialog = document.querySelector("dialog[open]");
    const moved = !inDialog && ((event.key === "j" && step(1)) || (event.key === "k" && step(-1)));
    if (moved || press(event.key)) event.preventDefault();
  });

  const startToast = (toast) => {
    const left = toast.querySelector(".toast-left");
    let seconds = Number(toast.dataset.toast);
    delete toast.dataset.toast;
    const tick = setInterval(() => {
      if (toast.matches(":hover, :focus-within")) return; // time stands still while someone is about to undo
      seconds -= 1;
      if (left) left.textContent = seconds;
      if (seconds <= 0 || !toast.isConnected) { clearInterval(tick); toast.remove(); }
    }, 1000);
  };
  const startToasts = () => document.querySelectorAll("[data-toast]").forEach(startToast);

  const flash = (text) => {
    const box = document.createElement("div");
    box.className = "flash";
    box.dataset.state = "error";
    box.setAttribute("role", "alert");
    box.textContent = text;
    document.getElementById("flash").replaceChildren(box);
  };

  const showDetail = () => {
    const panes = document.querySelector(".panes");
    const detail = document.getElementById("detail");
    if (!panes || !detail) return;
    panes.toggleAttribute("data-open", detail.dataset.open === "1");
    if (panes.hasAttribute("data-open")) panes.dataset.open = "1";
    document.querySelectorAll("[data-row]").forEach((row) => {
      if (new URL(row.href).pathname === location.pathname) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
    detail.focus({ preventScroll: true });
    if (matchMedia("(max-width: 1099.98px)").matches) scrollTo(0, 0);
  };

  document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "detail") showDetail(); });
  document.addEventListener("htmx:load", startToasts);
  document.addEventListener("htmx:beforeHistoryUpdate", (event) => { // what was refused does not become the address
    if (event.detail.xhr.status >= 400) Object.assign(event.detail.history, { type: "replace", path: location.pathname + location.search });
  });
  document.addEventListener("htmx:sendError", () => flash(words.offline));
  document.addEventListener("htmx:timeout", () => flash(words.offline));
  document.addEventListener("htmx:beforeRequest", (event) => {
    const byItself = /^(every|load)/.test(event.target.getAttribute("hx-trigger") || ""); // nobody pressed anything
    if (!byItself) document.getElementById("flash").replaceChildren();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const refusal = event.target.id === "flash" && event.target.querySelector("[data-refusal]");
    if (refusal) refusal.focus();
  });
  startToasts();
  document.querySelector(".filters [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
})();
