/* <form data-send-once>: what the resident has on screen is told to the office by itself; the button does it without scripts.
   Not on load alone: a link preview opens pages too, but nobody looks at them. */
"use strict";
(() => {
  const send = (form) => {
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((entry) => entry.isIntersecting) || document.visibilityState !== "visible") return;
      watch.disconnect();
      setTimeout(() => {
        fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).then(() => { form.hidden = true; }, () => {});
      }, 1500);
    });
    watch.observe(form);
  };
  document.querySelectorAll("form[data-send-once]").forEach(send);
})();
