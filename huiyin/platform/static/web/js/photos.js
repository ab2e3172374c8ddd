/* Choosing photos: thumbs, removing, limits with a clear message, smaller files before sending. A plain file input without. */
"use strict";
(() => {
  const words = document.getElementById("words").dataset;
  const EDGE_PX = 2048;
  const QUALITY = 0.85;

  const canHold = () => { try { return new DataTransfer().items !== undefined; } catch { return false; } };

  const smaller = async (file) => {
    if (!self.createImageBitmap || !file.type.startsWith("image/")) return file;
    try {
      const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, EDGE_PX / Math.max(bitmap.width, bitmap.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(bitmap.width * scale);
      canvas.height = Math.round(bitmap.height * scale);
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      bitmap.close();
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      if (!blob || (scale === 1 && blob.size >= file.size)) return file;
      return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    } catch { return file; } // a kind of photo this browser cannot draw goes as it is
  };

  const start = (box) => {
    const input = box.querySelector("input[type=file]");
    const list = box.querySelector("[data-photo-list]");
    const wrong = box.querySelector("[data-photo-wrong]");
    const said = box.querySelector("[data-photo-said]");
    const most = Number(box.dataset.max);
    const mostMb = Number(box.dataset.maxMb);
    let files = [];
    let busy = null;
    input.classList.add("visually-hidden");
    box.querySelector("[data-photo-pick]").hidden = false;

    const put = () => {
      const holder = new DataTransfer();
      files.forEach((file) => holder.items.add(file));
      input.files = holder.files;
      said.textContent = words.photoCount.replace("{n}", files.length);
      draw();
    };

    const draw = () => {
      list.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
      list.replaceChildren(...files.map((file, i) => {
        const item = document.createElement("li");
        item.className = "photo";
        const image = document.createElement("img");
        image.src = URL.createObjectURL(file);
        image.alt = file.name;
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "photo-remove";
        remove.setAttribute("aria-label", words.photoRemove.replace("{n}", i + 1));
        remove.addEventListener("click", () => { files.splice(i, 1); complain(""); put(); input.focus(); });
        item.append(image, remove);
        return item;
      }));
    };

    const complain = (text) => { wrong.textContent = text; wrong.hidden = !text; };

    const take = async (chosen) => {
      const shrunk = await Promise.all(chosen.slice(0, most).map(smaller));
      const big = shrunk.find((file) => file.size > mostMb * 1024 * 1024);
      const fitting = shrunk.filter((file) => file.size <= mostMb * 1024 * 1024);
      const tooMany = chosen.length > most || files.length + fitting.length > most;
      files = [...files, ...fitting].slice(0, most);
      if (tooMany) complain(words.photoMany.replace("{n}", most));
      else if (big) complain(words.photoBig.replace("{name}", big.name).replace("{n}", mostMb));
      else complain("");
      put();
    };

    input.addEventListener("change", () => {
      busy = take([...input.files]).finally(() => { busy = null; });
    });
    if (!input.form) return;
    input.form.addEventListener("submit", (event) => {
      if (!busy || event.defaultPrevented) return;
      event.preventDefault();
      busy.then(() => input.form.requestSubmit(event.submitter || undefined));
    });
  };

  const startAll = (root) => {
    if (!canHold()) return;
    root.querySelectorAll("[data-photo-field]:not([data-state])").forEach((box) => { box.dataset.state = "on"; start(box); });
  };
  document.addEventListener("htmx:load", (event) => startAll(event.target));
  startAll(document);
})();
