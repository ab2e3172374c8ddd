/* The dashboard's charts: drawn from the same numbers as the table beside each, which stays when scripts do not run. */
(() => {
  "use strict";
  const drawn = [];
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const options = (given) => {
    const ink = style("--ink-2");
    const wide = given.shape === "columns";
    const category = { type: "category", data: given.labels, axisLabel: { color: ink, hideOverlap: true, width: wide ? 60 : 96, overflow: "truncate" }, axisTick: { show: false }, inverse: !wide };
    const value = { type: "value", minInterval: 1, axisLabel: { color: ink }, splitLine: { lineStyle: { color: style("--line") } } };
    const series = [[given.names[0], given.now, style("--accent")], [given.names[1], given.before, style("--ink-3") || ink]]
      .map(([name, data, color], i) => ({ name, data, type: "bar", barMaxWidth: 22, label: { show: !wide && i === 0, position: "right", color: ink, fontSize: 11 }, itemStyle: { color }, cursor: "pointer" }));
    return {
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 200,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 32, top: 16, bottom: 8, containLabel: true },
      xAxis: wide ? category : value,
      yAxis: wide ? value : category,
      series,
    };
  };

  const draw = (box) => {
    const given = JSON.parse(document.getElementById(`board-${box.dataset.boardChart}`).textContent);
    box.hidden = false;
    const chart = window.echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(options(given));
    chart.on("click", (event) => {
      if (event.seriesIndex === 0 && given.urls[event.dataIndex]) window.location.assign(given.urls[event.dataIndex]);
    });
    drawn.push(chart);
    box.parentElement.querySelector("details").open = false;
  };

  if (window.echarts) document.querySelectorAll("[data-board-chart]").forEach(draw);
  window.addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
})();
