/* One question at a time: <form data-steps> with <fieldset data-step>. Without this script all of them show as one form. */
"use strict";
(() => {
  const words = document.getElementById("words").dataset;
  const make = (tag, cls, text) => Object.assign(document.createElement(tag), { className: cls, textContent: text || "" });
  const control = (e) => e.willValidate && e.type !== "hidden" && !e.closest("[hidden]:not([data-step])");

  const message = (e) => {
    if (!e.validity.valueMissing) return words.invalid;
    if (e.type === "checkbox") return words.tick;
    return e.type === "radio" || e.tagName === "SELECT" ? words.choose : words.required;
  };

  const clear = (e) => {
    const field = e.closest(".field");
    const note = field && field.querySelector("[data-said]");
    if (note) note.remove();
    e.removeAttribute("aria-invalid");
    if (e.dataset.described !== undefined) { e.setAttribute("aria-describedby", e.dataset.described); delete e.dataset.described; }
  };

  const complain = (e) => {
    clear(e);
    const field = e.closest(".field") || e.parentElement;
    const note = make("p", "wrong", message(e));
    note.id = `${e.id || e.name}_said`;
    note.dataset.said = "1";
    const anchor = [...field.children].find((child) => child === e || child.contains(e) || child.matches(".pills"));
    field.insertBefore(note, anchor || null);
    e.dataset.described = e.getAttribute("aria-describedby") || "";
    e.setAttribute("aria-describedby", `${e.dataset.described} ${note.id}`.trim());
    e.setAttribute("aria-invalid", "true");
  };

  const start = (form) => {
    const steps = [...form.querySelectorAll("fieldset[data-step]")];
    const thumb = form.querySelector(".thumb");
    if (steps.length < 2 || !thumb) return;
    const submit = thumb.querySelector("[type=submit], button:not([type])");
    let here = 0;
    let pushed = 0;
    form.noValidate = true;
    form.dataset.steps = "on";

    const where = make("div", "steps-where");
    const says = make("span", "num");
    const bar = make("progress", "");
    bar.max = steps.length;
    bar.setAttribute("aria-hidden", "true");
    where.append(says, bar);
    steps[0].before(where);
    const pair = make("div", "thumb-pair");
    const back = Object.assign(make("button", "button", words.back), { type: "button" });
    const next = Object.assign(make("button", "button button-primary", words.next), { type: "button" });
    thumb.prepend(pair);
    pair.append(back, next, submit);

    const show = (index, focus) => {
      here = index;
      steps.forEach((step, i) => { step.hidden = i !== index; });
      const last = index === steps.length - 1;
      back.hidden = index === 0;
      next.hidden = last;
      submit.hidden = !last;
      next.textContent = steps[index].dataset.next || words.next;
      says.textContent = words.step.replace("{n}", index + 1).replace("{total}", steps.length);
      bar.value = index + 1;
      document.dispatchEvent(new CustomEvent("huiyin:step", { detail: steps[index] }));
      if (!focus) return;
      scrollTo(0, 0);
      const legend = steps[index].querySelector("legend");
      legend.tabIndex = -1;
      legend.focus();
    };

    const check = (step) => {
      const wrong = [...step.querySelectorAll("input, select, textarea")].filter((e) => control(e) && !e.checkValidity());
      const seen = new Set();
      wrong.forEach((e) => { if (!seen.has(e.name)) complain(e); seen.add(e.name); });
      if (wrong.length) wrong[0].focus();
      return wrong.length === 0;
    };

    const forward = () => {
      if (!check(steps[here])) return;
      history.pushState({ step: here + 1 }, "");
      pushed += 1;
      show(here + 1, true);
    };
    const backward = () => {
      if (pushed > 0) history.back();
      else { history.replaceState({ step: here - 1 }, ""); show(here - 1, true); }
    };

    next.addEventListener("click", forward);
    back.addEventListener("click", backward);
    const away = document.querySelector(".door-back");
    if (away) away.addEventListener("click", (event) => { if (here > 0) { event.preventDefault(); backward(); } });
    addEventListener("popstate", (event) => {
      pushed = Math.max(0, pushed - 1);
      show(Math.min((event.state && event.state.step) || 0, steps.length - 1), true);
    });
    form.addEventListener("input", (event) => { if (event.target.getAttribute("aria-invalid")) clear(event.target); });
    form.addEventListener("submit", (event) => {
      if (here < steps.length - 1) { event.preventDefault(); forward(); return; }
      const bad = steps.findIndex((step) => [...step.querySelectorAll("input, select, textarea")].some((e) => control(e) && !e.checkValidity()));
      if (bad >= 0) { event.preventDefault(); show(bad, true); check(steps[bad]); }
    });

    const wrongStep = steps.findIndex((step) => step.querySelector("[aria-invalid='true'], .wrong:not([hidden])"));
    history.replaceState({ step: Math.max(0, wrongStep) }, "");
    show(Math.max(0, wrongStep), wrongStep >= 0);
  };

  document.querySelectorAll("form[data-steps]").forEach(start);
})();
