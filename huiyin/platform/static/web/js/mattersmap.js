/* Open matters on the map, asked for as it is moved; the list beside it says the same and is what the keyboard uses. */
"use strict";
(() => {
  const root = document.querySelector("[data-matters-map]");
  if (!root || !window.L) return;
  const said = root.querySelector("[data-map-said]");
  const rows = root.querySelector("[data-map-rows]");
  const form = root.querySelector("[data-map-filter]");
  const words = root.dataset;
  const page = document.getElementById("words").dataset;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(root.querySelector("[data-map-box]"), { attributionControl: false, zoomControl: false, zoomAnimation: !still, fadeAnimation: !still, inertia: !still });
  L.control.zoom({ position: "bottomright", zoomInTitle: page.mapIn, zoomOutTitle: page.mapOut }).addTo(map);
  const marks = L.layerGroup();
  let asked = 0;

  const element = (tag, text, more = {}) => Object.assign(document.createElement(tag), { textContent: text, ...more });

  const line = (feature, at) => {
    const of = feature.properties;
    const item = document.createElement("li");
    item.className = "map-row";
    item.dataset.due = of.due;
    if (of.url) {
      item.append(element("a", `${of.category} · ${of.place || ""}`, { href: of.url }), element("span", of.day, { className: "quiet small" }));
    } else {
      const button = element("button", words.wordMore.replace("{n}", of.count), { className: "button button-quiet", type: "button" });
      button.addEventListener("click", () => map.setView(at, Math.min(map.getZoom() + 2, 19)));
      item.append(button);
    }
    return item;
  };

  /* Matters of one building stand in rings around it, each to be seen and pressed. */
  const beside = (at, taken) => {
    const key = `${at.lat},${at.lng}`;
    const nth = taken.get(key) || 0;
    taken.set(key, nth + 1);
    if (!nth) return at;
    const ring = Math.ceil(nth / 6);
    const turn = (nth % 6) * (Math.PI / 3) + ring / 2;
    return map.layerPointToLatLng(map.latLngToLayerPoint(at).add([20 * ring * Math.cos(turn), 20 * ring * Math.sin(turn)]));
  };

  const mark = (feature, taken) => {
    const of = feature.properties;
    const at = beside(L.latLng(feature.geometry.coordinates[1], feature.geometry.coordinates[0]), taken);
    rows.append(line(feature, at));
    const size = of.count > 1 ? Math.min(26 + 4 * Math.log2(of.count), 60) : 18;
    const icon = L.divIcon({ className: "map-mark", html: element("b", of.count > 1 ? of.count : "", { className: "map-dot" }), iconSize: [size, size] });
    const spot = L.marker(at, { icon, keyboard: false, title: of.count > 1 ? words.wordMore.replace("{n}", of.count) : of.category });
    spot.on("add", () => { spot.getElement().dataset.due = of.due; });
    if (of.url) {
      const box = document.createElement("div");
      box.append(element("p", `${of.category} · ${of.place || ""}`), element("p", of.day), element("a", words.wordOpen, { href: of.url }));
      spot.bindPopup(box);
    } else {
      spot.on("click", () => map.setView(at, Math.min(map.getZoom() + 2, 19)));
    }
    spot.addTo(marks);
  };

  const show = async () => {
    const mine = (asked += 1);
    const seen = map.getBounds();
    const query = new URLSearchParams({ west: seen.getWest(), south: seen.getSouth(), east: seen.getEast(), north: seen.getNorth(), category: form.category.value, due: form.due.value });
    const answer = await fetch(`${words.matters}?${query}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const data = await answer.json();
    if (mine !== asked) return; // the map was moved meanwhile
    marks.clearLayers();
    rows.replaceChildren();
    const taken = new Map();
    data.features.sort((a, b) => b.properties.count - a.properties.count).forEach((feature) => mark(feature, taken)); // single ones stay in the order they came
    const total = data.features.reduce((sum, f) => sum + f.properties.count, 0);
    said.textContent = total ? words.wordCount.replace("{n}", total) : words.wordNone;
  };

  const failed = () => { said.textContent = words.wordFailed; };

  const start = async () => {
    const data = await (await fetch(words.areas, { headers: { Accept: "application/json" } })).json();
    const layer = L.geoJSON(data, {
      style: { className: "area" },
      onEachFeature: (feature, shape) => {
        const of = feature.properties;
        const box = document.createElement("div");
        box.append(element("p", of.name, { className: "strong" }), element("p", `${words.wordWho}: ${of.who || words.wordNobody}`));
        if (of.phone) box.append(element("a", of.phone, { href: `tel:${of.phone}` }));
        if (of.kind === "grid") shape.bindPopup(box);
      },
    }).addTo(map);
    window.huiyinDatum.lay(map, words.tiles, words.datum);
    marks.addTo(map);
    if (layer.getBounds().isValid()) map.fitBounds(layer.getBounds(), { padding: [12, 12], animate: false });
    else map.setView([35, 105], 4);
    map.on("moveend", () => show().catch(failed));
    form.addEventListener("change", () => show().catch(failed));
    form.addEventListener("submit", (event) => { event.preventDefault(); show().catch(failed); });
    await show();
  };
  start().catch(failed);
})();
