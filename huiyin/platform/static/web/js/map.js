/* A map of areas and points from GeoJSON; [data-pick] lets the visitor tap a place. No tiles unless data-tiles names them. */
"use strict";
(() => {
  const words = document.getElementById("words").dataset;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const inRing = ([x, y], ring) => {
    let inside = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi, yi] = ring[i];
      const [xj, yj] = ring[j];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
    return inside;
  };
  const inPolygon = (point, rings) => inRing(point, rings[0]) && !rings.slice(1).some((hole) => inRing(point, hole));
  const holds = (point, shape) => {
    if (shape.type === "Polygon") return inPolygon(point, shape.coordinates);
    return shape.type === "MultiPolygon" && shape.coordinates.some((rings) => inPolygon(point, rings));
  };

  const open = (box, tiles) => {
    const map = L.map(box, { attributionControl: false, zoomControl: false, zoomAnimation: !still, fadeAnimation: !still, inertia: !still, zoomSnap: 0.25 });
    L.control.zoom({ position: "bottomright", zoomInTitle: words.mapIn, zoomOutTitle: words.mapOut }).addTo(map);
    if (tiles) L.tileLayer(tiles, { maxZoom: 19 }).addTo(map);
    return map;
  };

  const drawAreas = (map, data, chosen) => {
    const layer = L.geoJSON(data, {
      style: (feature) => ({ className: feature.properties.open ? "area area-busy" : "area" }),
      pointToLayer: (feature, at) => L.circleMarker(at, { radius: 9, className: "spot" }),
      onEachFeature: (feature, shape) => {
        const name = document.createElement("span");
        name.textContent = feature.properties.name || "";
        const area = feature.geometry.type.endsWith("Polygon");
        shape.bindTooltip(name, area ? { permanent: true, direction: "center", className: "area-name" } : { direction: "top" });
        if (!area) shape.on("click", () => chosen(feature));
      },
    }).addTo(map);
    map.on("zoomend", () => declutter(map, layer));
    if (layer.getBounds().isValid()) map.fitBounds(layer.getBounds(), { padding: [12, 12], animate: false });
    else map.setView([35, 105], 4);
    declutter(map, layer);
    return layer;
  };

  /* Names that would lie on one another are left out, those with more open and the larger first; zooming in brings them back. */
  const declutter = (map, layer) => {
    const taken = [];
    const areas = [];
    layer.eachLayer((area) => { if (area.getTooltip && area.getTooltip() && area.getBounds) areas.push(area); });
    const size = (area) => { const b = area.getBounds(); return (b.getEast() - b.getWest()) * (b.getNorth() - b.getSouth()); };
    const open = (area) => area.feature.properties.open || 0;
    areas.sort((a, b) => open(b) - open(a) || size(b) - size(a)).forEach((area) => {
      const element = area.getTooltip().getElement();
      if (!element) return;
      element.hidden = false;
      const box = element.getBoundingClientRect();
      const free = taken.every((t) => box.right < t.left || box.left > t.right || box.bottom < t.top || box.top > t.bottom);
      element.hidden = !free;
      if (free) taken.push(box);
    });
  };

  const pickOn = (root, map, areas) => {
    const said = root.querySelector("[data-map-said]");
    const lon = root.querySelector("[data-map-lon]");
    const lat = root.querySelector("[data-map-lat]");
    const spot = L.circleMarker([0, 0], { radius: 10, className: "spot", interactive: false });

    const pick = (at) => {
      lon.value = at.lng.toFixed(6);
      lat.value = at.lat.toFixed(6);
      spot.setLatLng(at).addTo(map);
      let found = null;
      areas.eachLayer((layer) => {
        const here = holds([at.lng, at.lat], layer.feature.geometry);
        const path = layer.getElement && layer.getElement();
        if (path) path.classList.toggle("area-current", here && !found);
        if (here && !found) found = layer.feature;
      });
      said.textContent = found ? words.mapChosen.replace("{name}", found.properties.name) : words.mapOutside;
      root.dispatchEvent(new CustomEvent("huiyin:point", { bubbles: true, detail: { lon: at.lng, lat: at.lat, area: found && found.properties } }));
    };

    map.on("click", (event) => pick(event.latlng));
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === map.getContainer()) { event.preventDefault(); pick(map.getCenter()); }
    });
    const locate = root.querySelector("[data-map-locate]");
    locate.addEventListener("click", () => {
      const failed = () => { said.textContent = words.mapDenied; };
      if (!navigator.geolocation) { failed(); return; }
      navigator.geolocation.getCurrentPosition(
        (p) => { const at = L.latLng(p.coords.latitude, p.coords.longitude); map.setView(at, 17); pick(at); },
        failed,
        { enableHighAccuracy: true, timeout: 10000 },
      );
    });
    if (lon.value && lat.value) pick(L.latLng(Number(lat.value), Number(lon.value)));
  };

  const whenSeen = (root) => new Promise((seen) => { // Leaflet cannot measure a box inside a hidden step
    if (root.getClientRects().length) { seen(); return; }
    document.addEventListener("huiyin:step", (event) => { if (event.detail.contains(root)) seen(); });
  });

  const start = async (root) => {
    root.hidden = false;
    const said = root.querySelector("[data-map-said]");
    try {
      const answer = await fetch(root.dataset.url, { headers: { Accept: "application/geo+json, application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const data = await answer.json();
      await whenSeen(root);
      const map = open(root.querySelector("[data-map-box]"), root.dataset.tiles);
      const areas = drawAreas(map, data, (feature) => { said.textContent = feature.properties.name; });
      if (root.dataset.pick) pickOn(root, map, areas);
    } catch {
      root.querySelector("[data-map-box]").hidden = true;
      said.textContent = words.mapFailed;
    }
  };

  document.querySelectorAll("[data-map]").forEach(start);
})();
