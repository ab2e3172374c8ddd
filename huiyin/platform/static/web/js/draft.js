/* Nothing typed is lost: <form data-draft="key"> is kept on this device until [data-draft-clear="key"] is seen. */
"use strict";
(() => {
  const words = document.getElementById("words").dataset;
  const KEEP_MS = 3 * 24 * 3600 * 1000; // a phone may be shared: a draft does not stay for ever
  const SKIP = ["file", "hidden", "password", "submit", "button"];

  const store = {
    read(key) {
      try {
        const kept = JSON.parse(localStorage.getItem(key));
        return kept && Date.now() - kept.at < KEEP_MS ? kept.fields : null;
      } catch { return null; }
    },
    write(key, fields) {
      try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields })); } catch { /* full or forbidden */ }
    },
    forget(key) {
      try { localStorage.removeItem(key); } catch { /* forbidden */ }
    },
  };

  const controls = (form) =>
    [...form.elements].filter((e) => e.name && !SKIP.includes(e.type) && !("draftSkip" in e.dataset));
  const tickable = (e) => e.type === "checkbox" || e.type === "radio";

  const collect = (form) => {
    const fields = {};
    for (const e of controls(form)) {
      if (tickable(e)) { if (e.checked) (fields[e.name] = fields[e.name] || []).push(e.value); }
      else if (e.value !== e.defaultValue && e.value) (fields[e.name] = fields[e.name] || []).push(e.value);
    }
    return fields;
  };

  const restore = (form, fields) => {
    for (const e of controls(form)) {
      const kept = fields[e.name];
      if (!kept) continue;
      if (tickable(e)) e.checked = kept.includes(e.value);
      else {
        e.value = kept[0];
        if (e.tagName === "SELECT" && e.value !== kept[0]) { e.value = ""; e.dataset.chosen = kept[0]; } // places.js loads its options
      }
      e.dispatchEvent(new Event("change", { bubbles: true }));
      e.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  const notice = (form, key) => {
    const box = document.createElement("div");
    box.className = "draft";
    box.setAttribute("role", "status");
    const text = document.createElement("span");
    text.textContent = words.draftRestored;
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "text-button";
    discard.textContent = words.draftDiscard;
    discard.addEventListener("click", () => {
      store.forget(key);
      form.reset();
      location.reload();
    });
    box.append(text, discard);
    form.prepend(box);
  };

  const watch = (form) => {
    const key = `draft:${form.dataset.draft}`;
    const kept = store.read(key);
    const cameBack = document.querySelector("main [aria-invalid='true'], main .flash[data-state='error']"); // the server returned it filled: that is newer
    if (kept && Object.keys(kept).length && !cameBack) {
      restore(form, kept);
      notice(form, key);
    }
    let timer = 0;
    const save = () => store.write(key, collect(form));
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 400); });
    form.addEventListener("change", save);
    addEventListener("pagehide", () => { if (timer) save(); });
  };

  document.querySelectorAll("[data-draft-clear]").forEach((e) => store.forget(`draft:${e.dataset.draftClear}`));
  document.querySelectorAll("form[data-draft]").forEach(watch);
})();
