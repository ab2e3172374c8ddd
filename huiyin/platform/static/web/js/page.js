/* Every page: dialogs, copy buttons, photos opened large. Works by delegation, so swapped-in content needs no start. */
"use strict";
(() => {
  const words = document.getElementById("words").dataset;

  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const label = button.querySelector("[data-copy-word]") || button;
    const before = label.textContent;
    label.textContent = words.copied;
    label.setAttribute("role", "status");
    setTimeout(() => { label.textContent = before; }, 2500);
  };

  const showCopyButtons = (root) => {
    if (!navigator.clipboard) return; // only in a secure context: elsewhere the code is selectable text
    root.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
  };

  const viewer = () => {
    let dialog = document.querySelector("dialog.photo-view");
    if (dialog) return dialog;
    dialog = document.createElement("dialog");
    dialog.className = "dialog photo-view";
    const image = document.createElement("img");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button";
    close.dataset.closes = "";
    close.textContent = words.close;
    dialog.append(image, close);
    document.body.append(dialog);
    return dialog;
  };

  const showPhoto = (link) => {
    const dialog = viewer();
    const thumb = link.querySelector("img");
    const image = dialog.querySelector("img");
    image.src = link.href;
    image.alt = thumb.alt;
    dialog.setAttribute("aria-label", thumb.alt);
    dialog.showModal();
  };

  const opened = (event) => event.target.closest("[data-opens]");

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const opener = opened(event);
    const photo = target.closest("a[data-photo]");
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    else if (target.closest("[data-closes]")) target.closest("dialog").close();
    else if (target.closest("[data-print]")) window.print();
    else if (target.closest("[data-copy]")) copy(target.closest("[data-copy]"));
    else if (target.matches("dialog.dialog") && outside(target, event)) target.close();
    else if (photo && !event.ctrlKey && !event.metaKey) { event.preventDefault(); showPhoto(photo); }
  });

  const outside = (dialog, event) => {
    const box = dialog.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  };

  document.addEventListener("htmx:load", (event) => showCopyButtons(event.target));
  showCopyButtons(document);
  const trouble = document.querySelector(".flash[data-state='error'][tabindex]");
  if (trouble) trouble.focus();
})();
