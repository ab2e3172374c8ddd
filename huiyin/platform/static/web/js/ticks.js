/* One tick for a whole page: <input data-ticks-all> in the head of a table. */
"use strict";
(() => {
  const all = document.querySelector("[data-ticks-all]");
  if (!all) return;
  const ticks = [...all.form.querySelectorAll("input[name=need]")];
  const show = () => {
    const on = ticks.filter((tick) => tick.checked).length;
    all.checked = on === ticks.length;
    all.indeterminate = on > 0 && on < ticks.length;
  };
  all.addEventListener("change", () => { ticks.forEach((tick) => { tick.checked = all.checked; }); });
  ticks.forEach((tick) => tick.addEventListener("change", show));
  show();
})();
