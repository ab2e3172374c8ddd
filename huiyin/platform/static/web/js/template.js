/* A template of replies: <select data-fills="text"> puts its text into the field; what was typed by hand is kept below it. */
"use strict";
(() => {
  const show = () => document.querySelectorAll("[data-templates]").forEach((field) => { field.hidden = false; });
  document.addEventListener("change", (event) => {
    const select = event.target.closest("[data-fills]");
    const area = select?.form?.elements[select.dataset.fills];
    if (!area || !select.value) return;
    const own = area.dataset.filled === area.value ? "" : area.value.trim();
    area.value = own ? `${select.value}\n\n${own}` : select.value;
    area.dataset.filled = select.value;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });
  document.addEventListener("htmx:afterSettle", show);
  show();
})();
