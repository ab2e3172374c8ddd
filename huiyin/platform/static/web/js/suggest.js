/* Categories, and what the words name, suggested by the office's own server while a clerk writes: <div data-suggest="URL"> beside an input named
   category. One press, or Alt with its number, takes one; nothing is taken by itself. */
"use strict";
(() => {
  const start = (box) => {
    const form = box.closest("form");
    const words = form.elements.words;
    const list = box.querySelector("[data-suggest-list]");
    const unsure = box.querySelector("[data-suggest-unsure]");
    const read = form.querySelector("[data-suggest-read]");
    let waiting = 0;
    let asked = "";

    const take = (category) => {
      form.elements.category.value = category;
      [...list.children].forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.category === category)));
      form.elements.category.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const show = ({ items, unsure: said }) => {
      list.replaceChildren(...items.map((item, index) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
        const label = `${item.category} ${item.percent}%`;
        const key = Object.assign(document.createElement("kbd"), { textContent: index + 1, ariaHidden: "true" });
        button.dataset.category = item.category;
        button.append(label, " ", key);
        if (item.words.length) button.append(Object.assign(document.createElement("span"), { className: "quiet small", textContent: item.words.join("、") }));
        button.addEventListener("click", () => take(item.category));
        return button;
      }));
      unsure.textContent = said;
      box.hidden = items.length === 0;
    };
    const fill = (item) => {
      const field = form.elements[item.field];
      if (field.type === "checkbox") field.checked = true;
      else field.value = item.value;
      if (item.community && form.elements.community) form.elements.community.value = item.community;
      (field.dispatchEvent ? field : form).dispatchEvent(new Event("input", { bubbles: true }));
    };
    const offer = ({ fills, named, toned, caveat }) => {
      const usable = fills.filter((item) => form.elements[item.field]);
      read.querySelector("[data-suggest-fills]").replaceChildren(...usable.map((item) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: item.label });
        if (item.words.length) button.title = item.words.join("、");
        button.addEventListener("click", () => { fill(item); button.setAttribute("aria-pressed", "true"); });
        return button;
      }));
      read.querySelector("[data-suggest-named]").textContent = [named, toned || usable.some((item) => item.guess) ? caveat : ""].filter(Boolean).join(" · ");
      read.hidden = !usable.length && !named;
    };
    const ask = async (text) => {
      if (text === asked) return;
      asked = text;
      const token = form.elements.csrfmiddlewaretoken.value;
      try {
        const answer = await fetch(box.dataset.suggest, {
          method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" }, body: new URLSearchParams({ words: text }),
        });
        if (!answer.ok || text !== asked) return;
        const said = await answer.json();
        show(said);
        offer(said);
      } catch { /* without a line one chooses by hand */ }
    };

    if (box.dataset.words) ask(box.dataset.words);
    words?.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => ask(words.value), 300); });
    form.addEventListener("keydown", (event) => {
      const button = event.altKey && list.children[Number(event.key) - 1];
      if (button) { event.preventDefault(); button.click(); }
    });
  };
  const begin = () => document.querySelectorAll("[data-suggest]:not([data-begun])").forEach((box) => { box.dataset.begun = "1"; start(box); });
  document.addEventListener("htmx:afterSettle", begin);
  begin();
})();
