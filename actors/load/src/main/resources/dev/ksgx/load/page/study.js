"use strict";
// The report as the page asks for it: points by design and axes' values, and who is fastest where.

const study = JSON.parse(document.getElementById("report").textContent);

// Where launches can be looked into, by index of the point and replication: none unless traced.
const pages = JSON.parse(document.getElementById("slowest").dataset.pages).pages;

const Study = (() => {
  const designs = study.designs.map(design => design.name);
  const reference = designs[0];
  const statistics = [["mean", "mean"], ["p50", "p50"], ["p90", "p90"], ["p95", "p95"],
    ["p99", "p99"], ["p999", "p99.9"]];

  const key = (design, at) => JSON.stringify([design, ...study.axes.map(axis => at[axis.key])]);
  const points = new Map(study.points.map(point => [key(point.design, point.at), point]));
  const pairs = new Map(study.pairs.map(pair => [pair.metric + key(pair.design, pair.at), pair]));

  const point = (design, at) => points.get(key(design, at)) ?? null;
  const pair = (design, at, metric) => pairs.get(metric + key(design, at)) ?? null;
  const leads = new Map(study.leads.map(lead => [key("", lead.at), lead]));

  // What the charts have on their horizontal axis: the load, or else what has most values.
  const isLoad = axis => /(^|[.-])(load|rate)([.-]|$)/.test(axis.key);
  const loadAxis = study.axes.find(axis => isLoad(axis) && axis.values.length > 1)
    ?? study.axes.reduce((most, axis) =>
      axis.values.length > (most?.values.length ?? 1) ? axis : most, null);

  // Every combination of the axes' values; the load is innermost.
  const otherAxes = study.axes.filter(axis => axis !== loadAxis);
  function combinations(axes) {
    return axes.reduce(
      (all, axis) => all.flatMap(at => axis.values.map(value => ({...at, [axis.key]: value}))), [{}]);
  }
  const groups = combinations(otherAxes);
  const everywhere = groups.flatMap(group => loadAxis
    ? loadAxis.values.map(value => ({...group, [loadAxis.key]: value})) : [group]);

  const has = statistic => study.points.some(p => p.latency !== null && p.latency[statistic] !== null);
  const given = statistics.filter(([name]) => has(name));

  const low = e => e.mean - (e.halfWidth ?? 0);
  const high = e => e.mean + (e.halfWidth ?? 0);

  // Who is fastest at a point: by mean latency; where all are saturated, by launches achieved. Level
  // with the fastest is whom the report does not tell from it; one replication tells nobody.
  function answer(at) {
    const here = designs.map(design => point(design, at)).filter(p => p !== null);
    const saturated = here.filter(p => p.saturated).map(p => p.design);
    const lead = leads.get(key("", at)) ?? null;
    const metric = lead?.metric;
    const byThroughput = metric === "achieved";
    const figure = p => byThroughput ? p.achievedPerSecond : p.latency.mean;
    const ranked = lead === null ? [] : [lead.design, ...[...lead.others]
      .sort((a, b) => (byThroughput ? -1 : 1) * (a.difference.mean - b.difference.mean)).map(other => other.design)]
      .map(design => point(design, at));
    const [first = null, second = null] = ranked;
    const level = study.replications === 1 || lead === null ? [] : lead.others.filter(other => !other.significant);
    return {at, first, second, saturated, byThroughput, figure, level: level.map(other => other.design),
      nothing: first !== null ? null : here.length === 0 ? "not run" : "no launch succeeded",
      // Who is not the reference is held against it; the reference against who comes next.
      pair: first === null ? null
        : first.design !== reference ? pair(first.design, at, metric)
        : second === null ? null : pair(second.design, at, metric)};
  }

  const say = at => study.axes.map(axis => axis.key + " " + at[axis.key]).join(" · ");

  return {designs, reference, statistics, given, loadAxis, otherAxes, groups, everywhere,
    point, pair, answer, say, low, high};
})();
