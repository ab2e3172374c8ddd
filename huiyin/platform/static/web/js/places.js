/* Estate, building, door: each list loads from what was chosen before it. */
"use strict";
(() => {
  const words = document.getElementById("words").dataset;

  const start = (box) => {
    const lists = [...box.querySelectorAll("select[data-place-level]")];
    const wrong = box.querySelector("[data-places-wrong]");

    const fill = (list, items) => {
      const wanted = list.dataset.chosen || "";
      list.replaceChildren(new Option(words.placesChoose, ""));
      items.forEach((item) => list.add(new Option(item.label, item.id)));
      list.value = items.some((item) => String(item.id) === wanted) ? wanted : "";
      delete list.dataset.chosen;
      list.closest(".field").hidden = items.length === 0;
    };

    const load = async (list, next) => {
      lists.slice(lists.indexOf(list) + 1).forEach((later) => {
        if (later === next) later.disabled = true;
        else fill(later, []);
      });
      wrong.hidden = true;
      if (!list.value) { fill(next, []); next.disabled = false; return; }
      const asked = list.value;
      try {
        const url = new URL(box.dataset.url, location.href);
        url.searchParams.set(list.dataset.placeLevel, asked);
        const answer = await fetch(url, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const items = (await answer.json()).items;
        if (list.value !== asked) return; // another choice came meanwhile
        fill(next, items);
      } catch {
        wrong.textContent = words.placesFailed;
        wrong.hidden = false;
      } finally {
        next.disabled = false;
      }
      if (next.value) next.dispatchEvent(new Event("change", { bubbles: true }));
    };

    lists.slice(0, -1).forEach((list, i) => {
      list.addEventListener("change", () => load(list, lists[i + 1]));
    });
    if (lists[0].value) load(lists[0], lists[1]);
  };

  document.querySelectorAll("[data-places]").forEach(start);
})();
