/* Chinese tiles are drawn in GCJ-02; everything we keep is WGS 84. Only the picture underneath is moved, never a point.
   The shift is smooth, so that one offset for the middle of the view holds for all of it to within a metre or two. */
"use strict";
(() => {
  const A = 6378245;
  const EE = 0.00669342162296594323;
  const wave = (v, k) => Math.sin(v * k * Math.PI);

  const inChina = (lon, lat) => lon > 72.004 && lon < 137.8347 && lat > 0.8293 && lat < 55.8271;

  /* Return longitude and latitude in GCJ-02 of a point in WGS 84, by the formulas in common use. */
  const gcj = (lon, lat) => {
    if (!inChina(lon, lat)) return [lon, lat];
    const x = lon - 105;
    const y = lat - 35;
    const root = Math.sqrt(Math.abs(x));
    const fine = (20 * wave(x, 6) + 20 * wave(x, 2)) * 2 / 3;
    let dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + fine;
    dLat += (20 * wave(y, 1) + 40 * wave(y, 1 / 3)) * 2 / 3 + (160 * wave(y, 1 / 12) + 320 * wave(y, 1 / 30)) * 2 / 3;
    let dLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + fine;
    dLon += (20 * wave(x, 1) + 40 * wave(x, 1 / 3)) * 2 / 3 + (150 * wave(x, 1 / 12) + 300 * wave(x, 1 / 30)) * 2 / 3;
    const rad = lat / 180 * Math.PI;
    const magic = 1 - EE * Math.sin(rad) ** 2;
    return [
      lon + dLon * 180 / (A / Math.sqrt(magic) * Math.cos(rad) * Math.PI),
      lat + dLat * 180 / (A * (1 - EE) / (magic * Math.sqrt(magic)) * Math.PI),
    ];
  };

  /* Lay tiles under a map; those in GCJ-02 are moved back under the points. */
  const lay = (map, url, datum) => {
    if (!url) return;
    L.tileLayer(url, { maxZoom: 19, keepBuffer: 6 }).addTo(map);
    if (datum !== "gcj02") return;
    const move = () => {
      const middle = map.getCenter();
      const [lon, lat] = gcj(middle.lng, middle.lat);
      const by = map.project(middle).subtract(map.project([lat, lon]));
      map.getPane("tilePane").style.transform = `translate(${by.x}px, ${by.y}px)`;
    };
    map.on("moveend zoomend", move);
    move();
  };

  window.huiyinDatum = { gcj, lay };
})();
