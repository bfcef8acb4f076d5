"use strict";
// The charts of the page. Colours are variables of the style sheet, which the drawing (SVG) keeps as
// such: light, dark and print need no redrawing.

const Charts = (() => {
  // Named, not inherited: the library measures text outside of the page.
  const text = {color: "var(--quiet)", fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12};
  const drawn = new Map();

  function draw(id, title, description, option, legend) {
    const figure = document.getElementById(id);
    let chart = drawn.get(id);
    if (!chart) {
      figure.append(h("h3", {}), h("div", {class: "chart", role: "img"}), h("figcaption", {}));
      chart = echarts.init(figure.querySelector(".chart"), null, {renderer: "svg"});
      new ResizeObserver(() => matchMedia("print").matches || chart.resize())
        .observe(figure.querySelector(".chart"));
      drawn.set(id, chart);
    }
    figure.querySelector("h3").textContent = title;
    figure.querySelector(".chart").setAttribute("aria-label", description);
    figure.querySelector("figcaption").replaceChildren(...legend);
    chart.setOption({animation: false, textStyle: text, tooltip: tooltip, ...option}, {notMerge: true});
    chart.resize();
  }

  // To the width of its place, or to one in pixels: of paper the page learns the width too late, and
  // paper does not wait for the next frame.
  function fit(width) {
    drawn.forEach(chart => {
      chart.resize({width});
      chart.getZr().flush();
    });
  }

  const tooltip = {trigger: "axis", confine: true, backgroundColor: "var(--paper)", borderColor: "var(--rule)",
    textStyle: {color: "var(--ink)", fontSize: 12}, extraCssText: "box-shadow: none",
    axisPointer: {type: "line", lineStyle: {color: "var(--quiet)"}}};

  // Names come from outside: the tooltip is built of elements, never of markup.
  function tip(head, lines) {
    return h("div", {class: "tip"}, h("div", {}, head), lines.map(([n, name, figure]) => h("div", {},
      h("span", {style: `color: ${Look.color(n)}`}, Look.mark(n) + " "), name, " ", h("b", {}, figure))));
  }

  const line = {axisLine: {lineStyle: {color: "var(--rule)"}}, axisTick: {show: false},
    splitLine: {lineStyle: {color: "var(--hair)"}}, axisLabel: text, nameTextStyle: text};
  const grid = {left: 4, right: 24, top: 36, bottom: 28, containLabel: true};
  const below = name => ({...line, name, nameLocation: "middle", nameGap: 28, splitLine: {show: false}});
  const low = {...grid, top: 12};
  const above = name => ({...line, name, nameTextStyle: {...text, align: "left", padding: [0, 0, 0, -28]}});

  // A logarithm where the figures span more than a decade; ticks of a shorter one would be two.
  function timeAxis(values) {
    const positive = values.filter(v => v > 0);
    const wide = positive.length > 0 && Math.max(...positive) / Math.min(...positive) > 10;
    return {type: wide ? "log" : "value", axisLabel: {...text, formatter: Format.micros}, };
  }

  function loadAxis() {
    const {key, values} = Study.loadAxis;
    const numeric = values.every(value => value.trim() !== "" && Number.isFinite(Number(value)));
    return {numeric, place: value => numeric ? Number(value) : value,
      axis: numeric
        ? {...below(key), type: "value", axisLabel: {...text, hideOverlap: true, formatter: Format.thousands}}
        : {...below(key), type: "category", data: values}};
  }

  function lines(x, rows) {
    return rows.flatMap(({n, name, points}) => [
      {name, type: "line", data: points.map(p => ({value: [x(p.value), p.e === null ? null : p.e.mean],
        itemStyle: p.hollow ? {color: "var(--paper)", borderColor: Look.color(n), borderWidth: 2} : {}})),
        symbol: Look.symbol(n), symbolSize: 8, showAllSymbol: true, emphasis: {disabled: true},
        color: Look.color(n), lineStyle: {width: 2, type: Look.dash(n)}, z: 3},
      {name: name + " interval", type: "line", silent: true, symbol: "rect", symbolSize: [9, 1.5],
        emphasis: {disabled: true}, color: Look.color(n), lineStyle: {width: 1.5},
        data: points.filter(p => p.e !== null && p.e.halfWidth !== null).flatMap(p =>
          [[x(p.value), Math.max(Study.low(p.e), p.e.mean / 100)], [x(p.value), Study.high(p.e)], [x(p.value), null]])}]);
  }

  const rowsOf = (at, shown, figure) => shown.map(design => ({n: Study.designs.indexOf(design), name: design,
    points: Study.loadAxis.values.map(value => [value, Study.point(design, {...at, [Study.loadAxis.key]: value})])
      .filter(([, p]) => p !== null).map(([value, p]) => ({value, hollow: p.saturated, e: figure(p)}))}));

  function describe(what, rows) {
    return what + ". " + rows.map(({name, points}) => name + ": " + points.map(p =>
      p.value + " " + (p.e === null ? "none" : Format.estimate(p.e))
        + (p.hollow ? " (saturated)" : "")).join(", ")).join("; ") + ".";
  }

  const tipOf = rows => items => tip(`${Study.loadAxis.key} ${items[0].axisValue}`, rows.map(({n, name, points}) => {
    const p = points.find(q => String(q.value) === String(items[0].axisValue));
    return [n, name, p === undefined ? "\u2013" : p.e !== null ? Format.estimate(p.e) + (p.hollow ? ", saturated" : "")
      : p.hollow ? "saturated" : "too few launches"];
  }));

  const legend = rows => h("p", {class: "legend"}, rows.map(row =>
    h("span", {}, Tables.named(row.name))));
  const selection = axes => h("p", {class: "note"}, axes.length ? axes.join(" · ") : null);

  function throughput(at, shown, where) {
    const rows = rowsOf(at, shown, p => p.achievedPerSecond);
    const {axis, place} = loadAxis();
    const asked = Study.loadAxis.values.map(value => [place(value), Study.designs
      .map(design => Study.point(design, {...at, [Study.loadAxis.key]: value})).find(p => p !== null)
      ?.offeredPerSecond.mean ?? null]);
    const title = `Throughput against ${Study.loadAxis.key}`;
    draw("throughput", title, describe(`${title}, launches a second`, rows), {grid,
      xAxis: axis, yAxis: {...above("launches/s"), type: "value", axisLabel: {...text, formatter: Format.thousands}},
      tooltip: {...tooltip, formatter: tipOf(rows)},
      series: [{name: "offered", type: "line", data: asked, silent: true, symbol: "none", color: "var(--quiet)",
        lineStyle: {width: 1.5, type: "dotted"}}, ...lines(place, rows)]},
      [legend(rows), h("p", {class: "note"}, "Dotted: offered. Hollow: saturated. "), selection(where)]);
  }

  function latency(at, shown, statistic, label, where) {
    const rows = rowsOf(at, shown, p => p.saturated || p.latency === null ? null : p.latency[statistic]);
    const {axis, place} = loadAxis();
    const values = rows.flatMap(row => row.points.flatMap(p => p.e === null ? [] : [p.e.mean]));
    const over = rows.flatMap(({n, name, points}, row) => ({name: name + " saturated", type: "line", silent: true,
      data: [], color: Look.color(n), markPoint: {silent: true, symbol: "path://M-4-4L4 4M4-4L-4 4", symbolSize: 8,
        itemStyle: {color: "none", borderColor: Look.color(n), borderWidth: 2},
        label: {show: false},
        data: points.filter(p => p.hollow).map(p => ({xAxis: place(p.value), y: 22 + 11 * Math.floor(row / 5),
          symbolOffset: [11 * (row % 5 - 2), 0]}))}}));
    const title = `Latency, ${label}, against ${Study.loadAxis.key}`;
    const missing = rows.flatMap(({name, points}) => {
      const where = points.filter(p => p.hollow).map(p => p.value);
      return where.length ? [`${name} at ${where.join(", ")}`] : [];
    });
    draw("latency", title, describe(`${title}, microseconds`, rows), {grid: {...grid, top: 52},
      xAxis: axis, yAxis: {...above(""), ...timeAxis(values)},
      tooltip: {...tooltip, formatter: tipOf(rows)}, series: [...lines(place, rows), ...over]},
      [legend(rows), h("p", {class: "note"}, missing.length
        ? `Crosses along the top: saturated, so without a latency (${missing.join("; ")}). ` : "Nothing is saturated. "),
      selection(where)]);
  }

  const timed = (at, shown) => shown.map(design => [design, Study.point(design, at)])
    .filter(([, p]) => p !== null && !p.saturated);
  const leftOut = (at, shown) => shown.filter(design => Study.point(design, at)?.saturated);

  function missingNote(at, shown) {
    const out = leftOut(at, shown);
    return h("p", {class: "note"}, out.length ? `Saturated here, so left out: ${out.join(", ")}. ` : null);
  }

  function cdf(at, shown, where) {
    const rows = timed(at, shown).map(([name, p]) => ({n: Study.designs.indexOf(name), name, points: p.cdf}));
    const middle = points => points.find(([, share]) => share >= 0.5)?.[0];
    draw("cdf", "Share of launches at or below a latency", "Cumulative distribution of latency. "
      + rows.map(row => `${row.name}: half within ${Format.number(middle(row.points) ?? 0)} microseconds`).join("; ") + ".",
      {grid: low, xAxis: {...below("latency"), ...timeAxis(rows.flatMap(row => row.points.map(([time]) => time)))},
        yAxis: {...above(""), type: "value", max: 1, axisLabel: {...text, formatter: share => share * 100 + " %"}},
        tooltip: {...tooltip, formatter: items => tip(Format.micros(items[0].axisValue), items.map(item =>
          [Study.designs.indexOf(item.seriesName), item.seriesName, Format.percent(item.value[1])]))},
        series: rows.map(({n, name, points}) => ({name, type: "line", step: "end", symbol: "none", data: points,
          color: Look.color(n), emphasis: {disabled: true}, lineStyle: {width: 2, type: Look.dash(n)}}))},
      [legend(rows), missingNote(at, shown), selection(where)]);
  }

  function overTime(id, statistic, at, shown, where) {
    const rows = timed(at, shown).map(([name, p]) => ({n: Study.designs.indexOf(name), name,
      points: p.overTime.map(slice => [slice.fromSeconds, slice[statistic]])}));
    const values = rows.flatMap(row => row.points.map(([, time]) => time)).filter(time => time !== null);
    document.getElementById(id).hidden = values.length === 0;
    const range = points => points.map(([, time]) => time).filter(time => time !== null);
    draw(id, `${statistic} over time`, `${statistic} of latency in slices of the window. ` + rows.map(row =>
      range(row.points).length ? `${row.name}: ${Format.number(Math.min(...range(row.points)))} to ${
        Format.number(Math.max(...range(row.points)))} microseconds` : `${row.name}: none`).join("; ") + ".",
      {grid: low, xAxis: {...below("seconds of the window"), type: "value"}, yAxis: {...above(""), ...timeAxis(values)},
        tooltip: {...tooltip, formatter: items => tip(`from ${items[0].axisValue} s`, items.map(item =>
          [Study.designs.indexOf(item.seriesName), item.seriesName,
            item.value[1] === null ? "too few launches" : Format.number(item.value[1]) + " µs"]))},
        series: rows.map(({n, name, points}) => ({name, type: "line", symbol: Look.symbol(n), symbolSize: 5,
          showAllSymbol: true, data: points, color: Look.color(n), emphasis: {disabled: true},
          lineStyle: {width: 1.5, type: Look.dash(n)}}))},
      [legend(rows), selection(where)]);
  }

  function blame(at, shown, where) {
    const there = timed(at, shown).reverse();
    const keys = Look.blameKeys.filter(key => there.some(([, p]) => p.blame[key] > 0));
    const height = 56 + 34 * Math.max(1, there.length) + "px";
    document.getElementById("blame-chart").style.setProperty("--height", height);
    const largest = p => Object.entries(p.blame).sort((a, b) => b[1] - a[1])[0];
    draw("blame-chart", "Mean time of a launch by what it was spent on", "Stacked bars. "
      + [...there].reverse().filter(([, p]) => largest(p)).map(([design, p]) =>
        `${design}: most on ${largest(p)[0]}, ${Format.number(largest(p)[1])} microseconds`).join("; ") + ".",
      {grid: low, xAxis: {...below(""), type: "value", splitLine: {lineStyle: {color: "var(--hair)"}},
        axisLabel: {...text, hideOverlap: true, formatter: Format.micros}},
        yAxis: {...line, type: "category", data: there.map(([design]) => design), axisLabel: {...text, color: "var(--ink)"}},
        tooltip: {...tooltip, axisPointer: {type: "none"}, formatter: items => h("div", {class: "tip"}, h("div", {}, items[0].name),
          items.filter(item => item.value > 0).map(item => h("div", {}, key(item.seriesName), " ",
            h("b", {}, Format.number(item.value) + " µs"))))},
        series: keys.map(name => ({name, type: "bar", stack: "launch", barMaxWidth: 22, emphasis: {disabled: true},
          color: Look.blameColor(name), data: there.map(([, p]) => p.blame[name] ?? 0),
          itemStyle: name.startsWith("wait") ? {decal: {symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1.5, 4],
            rotation: -Math.PI / 4, color: "rgba(255,255,255,.45)"}} : {}}))},
      [h("p", {class: "legend"}, keys.map(name => h("span", {}, key(name)))),
        h("p", {class: "note"}, "Hatched: waiting. Plain: being served. "), missingNote(at, shown), selection(where)]);
  }

  const key = name => [h("span", {class: name.startsWith("wait") ? "block wait" : "block", "aria-hidden": "true",
    style: `background-color: ${Look.blameColor(name)}`}), name];

  return {throughput, latency, cdf, overTime, blame, fit};
})();
