/* Drawing one polygon by its corners; the GeoJSON text below says the same and works by keyboard and without this script. */
"use strict";
(() => {
  const words = document.getElementById("words").dataset;

  const parse = (text) => {
    if (!text.trim()) return [];
    const shape = JSON.parse(text);
    const geometry = shape.type === "Feature" ? shape.geometry : shape;
    if (geometry.type === "MultiPolygon" || geometry.coordinates.length > 1) return null; // parts and holes are not drawn by corners
    if (geometry.type !== "Polygon" || !Array.isArray(geometry.coordinates[0])) throw new Error("polygon");
    return geometry.coordinates[0].slice(0, -1).map(([lon, lat]) => L.latLng(lat, lon));
  };

  const write = (points) => {
    if (points.length < 3) return "";
    const ring = [...points, points[0]].map((p) => [Number(p.lng.toFixed(6)), Number(p.lat.toFixed(6))]);
    return JSON.stringify({ type: "Polygon", coordinates: [ring] });
  };

  const start = async (root) => {
    const text = root.querySelector("[data-boundary-text]");
    const tools = root.querySelector("[data-boundary-tools]");
    const said = root.querySelector("[data-map-said]");
    tools.hidden = false;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map(root.querySelector("[data-map-box]"), { attributionControl: false, zoomControl: false, doubleClickZoom: false, zoomAnimation: !still, fadeAnimation: !still, zoomSnap: 0.25 });
    L.control.zoom({ position: "bottomright", zoomInTitle: words.mapIn, zoomOutTitle: words.mapOut }).addTo(map);
    if (root.dataset.tiles) L.tileLayer(root.dataset.tiles, { maxZoom: 19 }).addTo(map);
    map.setView([35, 105], 4);
    const around = L.geoJSON(null, { style: { className: "area" }, interactive: false }).addTo(map);
    const line = L.polyline([], { className: "area area-current", interactive: false }).addTo(map);
    const area = L.polygon([], { className: "area area-current", interactive: false }).addTo(map);
    const corners = L.layerGroup().addTo(map);
    let points = [];
    let closed = false;
    let placed = false; // the map shows what the person looks at, and stays there

    const corner = (at, index) => {
      const mark = L.circleMarker(at, { radius: 8, className: "spot", bubblingMouseEvents: false }).addTo(corners);
      mark.on("click", () => { if (index === 0 && points.length > 2) finish(); });
      mark.on("mousedown", () => {
        map.dragging.disable();
        const move = (event) => { points[index] = event.latlng; mark.setLatLng(event.latlng); shape(); };
        map.on("mousemove", move);
        map.once("mouseup", () => { map.off("mousemove", move); map.dragging.enable(); draw(); });
      });
    };
    const shape = () => {
      area.setLatLngs(closed ? points : []);
      line.setLatLngs(closed ? [] : points);
    };
    const draw = () => {
      shape();
      corners.clearLayers();
      points.forEach(corner);
      said.textContent = words.boundaryPoints.replace("{n}", points.length);
      if (closed) text.value = write(points);
    };
    const finish = () => {
      if (points.length < 3) { said.textContent = words.boundaryFew; return; }
      closed = true;
      draw();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const show = (layer) => {
      if (!layer.getBounds().isValid()) return;
      placed = true;
      map.fitBounds(layer.getBounds(), { padding: [20, 20], animate: false });
    };
    const read = () => {
      try {
        const given = parse(text.value);
        if (!given) { show(around.addData(JSON.parse(text.value))); return; } // shown, and left as it is written
        points = given;
        closed = points.length > 2;
        draw();
        if (closed) show(area);
      } catch { said.textContent = words.boundaryBad; }
    };

    map.on("click", (event) => { placed = true; if (!closed) { points.push(event.latlng); draw(); } });
    root.querySelector("[data-boundary-undo]").addEventListener("click", () => { closed = false; points.pop(); text.value = ""; draw(); });
    root.querySelector("[data-boundary-clear]").addEventListener("click", () => { closed = false; points = []; text.value = ""; draw(); });
    root.querySelector("[data-boundary-finish]").addEventListener("click", finish);
    text.addEventListener("change", read);

    read(); // first what is there: who begins while the neighbours are on their way is not undone by them
    if (root.dataset.url) {
      try {
        const answer = await fetch(root.dataset.url);
        if (answer.ok) around.addData(await answer.json());
      } catch { /* the neighbours are only a help */ }
      if (!placed) show(around);
    }
  };

  document.querySelectorAll("[data-boundary]").forEach(start);
})();
