/* Fields that a choice calls for: <… data-when="outcome=unsolved"> shows only while that radio button is chosen. */
"use strict";
(() => {
  const apply = () => document.querySelectorAll("[data-when]").forEach((control) => {
    const [name, value] = control.dataset.when.split("=");
    const chosen = control.form?.elements[name]?.value;
    const field = control.closest(".field");
    if (field) field.hidden = chosen !== value;
  });
  document.addEventListener("change", apply);
  document.addEventListener("htmx:afterSettle", apply);
  apply();
})();
