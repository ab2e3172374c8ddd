/* A form with data-passkey="create|get": asks the browser for a passkey and sends its answer in the field `credential`. */
"use strict";
(() => {
  const words = document.querySelector("[data-passkey-words]");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const asked = async (url) => {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new TypeError(String(answer.status));
    const { publicKey } = await answer.json();
    publicKey.challenge = bytes(publicKey.challenge);
    if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
    for (const list of [publicKey.excludeCredentials, publicKey.allowCredentials]) {
      for (const known of list || []) known.id = bytes(known.id);
    }
    return { publicKey };
  };

  const written = (credential) => {
    const given = credential.response;
    const response = { clientDataJSON: text(given.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (given[name]) response[name] = text(given[name]);
    }
    if (given.getTransports) response.transports = given.getTransports();
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };

  const said = (form, error) => {
    const line = form.querySelector("[data-passkey-said]");
    const why = { InvalidStateError: "known", TypeError: "failed" }[error.name] || "stopped";
    line.textContent = words.dataset[why];
    line.hidden = false;
  };

  const ask = async (form) => {
    try {
      const options = await asked(form.dataset.options);
      const kind = form.dataset.passkey === "create" ? "create" : "get";
      form.elements.credential.value = written(await navigator.credentials[kind](options));
      form.submit();
    } catch (error) {
      said(form, error);
    }
  };

  const possible = Boolean(window.PublicKeyCredential) && !/^[\d.]+$|:/.test(location.hostname); // never for a bare address
  document.querySelectorAll("[data-passkey-none]").forEach((line) => { line.hidden = possible; });
  if (!possible) return;
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.querySelectorAll("[data-passkey-start]").forEach((button) => {
      button.hidden = false;
      button.addEventListener("click", () => ask(form));
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(form); });
  });
})();
