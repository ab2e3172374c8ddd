/* The clerk's form: Ctrl+Enter sends from anywhere; the place completes itself from the address register. */
"use strict";
(() => {
  const form = document.querySelector("form[data-register]");
  if (!form) return;
  const url = document.currentScript.dataset.url;
  const place = form.querySelector("[data-place-names]");
  const list = document.getElementById(place.getAttribute("list"));
  const community = form.elements.community;
  let waiting = 0;

  const complete = async () => {
    const asked = new URL(url, location.href);
    asked.searchParams.set("community", community.value);
    asked.searchParams.set("place", place.value);
    try {
      const answer = await fetch(asked, { headers: { Accept: "application/json" } });
      const items = answer.ok ? (await answer.json()).items : [];
      list.replaceChildren(...items.map((item) => new Option(item.label, item.label)));
    } catch { /* without a line the place stays plain words */ }
  };

  place.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(complete, 150); });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
})();
