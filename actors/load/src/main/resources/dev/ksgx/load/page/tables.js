"use strict";
// The tables of the page: each a function of the report and the selection that gives an element.

const Tables = (() => {
  const none = why => h("span", {class: "none"}, "\u2013", h("span", {class: "unseen"}, " " + why));
  const saturated = () => h("span", {class: "saturated"}, "saturated");
  const swatch = design => {
    const n = Study.designs.indexOf(design);
    return h("span", {class: "swatch", style: `color: ${Look.color(n)}`, "aria-hidden": "true"}, Look.mark(n));
  };
  const named = design => [swatch(design), design];

  // columns: [text, kind?, label in a card?]; rows: arrays of cells, the first is the row's header. The
  // title stands outside of what scrolls, and the roles are said, for a style that makes cards of rows
  // takes them away.
  function table(caption, columns, rows, options) {
    const cell = (content, n) => n === 0
      ? h("th", {scope: "row", role: "rowheader"}, content)
      : h("td", {class: columns[n][1] ?? null, role: "cell", "data-label": columns[n][2] ?? columns[n][0]}, content);
    const body = rows.map(row => row.group
      ? h("tr", {role: "row", class: "group"},
        h("th", {scope: "colgroup", colspan: columns.length, role: "rowheader"}, row.group))
      : h("tr", {role: "row"}, row.map(cell)));
    const title = `${options.id}-title`;
    const whole = h("table", {class: options.class ?? null, role: "table", id: options.id, "aria-labelledby": title},
      h("thead", {role: "rowgroup"}, h("tr", {role: "row"},
        columns.map(([text, kind]) => h("th", {scope: "col", role: "columnheader", class: kind ?? null}, text)))),
      h("tbody", {role: "rowgroup"}, body));
    return h("div", {class: "titled"}, h("p", {class: "title", id: title}, caption),
      h("div", {class: "scroll", role: "region", tabindex: "0", "aria-labelledby": title}, whole));
  }

  const folded = (summary, content) => h("details", {}, h("summary", {}, summary), content);

  function latency(point, statistic) {
    if (point === null) return none("not run");
    if (point.saturated) return saturated();
    if (point.latency === null) return none("no launch succeeded");
    const e = point.latency[statistic];
    return e === null ? none("too few launches") : Figure.estimate(e);
  }

  const binding = point => [point.binds, " ", Figure.percent(point.bindsUtilisation)];

  function designs(answers) {
    const several = Study.designs.length > 1;
    const most = names => {
      const counts = new Map();
      names.forEach(name => counts.set(name, (counts.get(name) ?? 0) + 1));
      return [...counts].sort((a, b) => b[1] - a[1]);
    };
    const rows = study.designs.map(({name, description}) => {
      const mine = study.points.filter(p => p.design === name);
      const part = count => `${count} of ${mine.length}`;
      const leads = a => a.first !== null && !a.byThroughput && (a.first.design === name || a.level.includes(name));
      return [named(name), description,
        ...several ? [part(answers.filter(leads).length)] : [],
        part(mine.filter(p => p.saturated).length),
        most(mine.map(p => p.binds)).slice(0, 2).map(([resource, n]) => `${resource} (${n})`).join(", ")];
    });
    return table(several ? "What was compared" : "The design", [["Design"], ["What it is", "prose", ""],
      ...several ? [["Fastest, or level with it, at"]] : [],
      ["Saturated at"], ["Busiest resource, at how many points", "prose", "Busiest"]], rows,
      {class: "cards", id: "designs-table"});
  }

  function verdict(answer) {
    const {first, pair} = answer;
    if (answer.byThroughput) return none("all are saturated");
    if (pair === null) {
      if (Study.designs.length === 1) return none("one design");
      const against = Study.point(Study.reference, answer.at);
      return against?.saturated ? h("span", {}, Study.reference + " is ", saturated()) : none("no pair");
    }
    const who = first.design === Study.reference ? "next, " + pair.design + ": " : null;
    return h("span", {}, who, difference(pair));
  }

  function difference(pair) {
    return h("span", {class: pair.significant ? "difference significant" : "difference"},
      Figure.difference(pair.difference), " ",
      h("span", {class: "badge"}, pair.significant ? "significant" : "not significant"));
  }

  function answers(all) {
    const rows = [];
    const columns = [[Study.loadAxis?.key ?? "Point"], ["Fastest", null, ""], ["Mean latency, µs", null, "mean, µs"],
      [`Difference to ${Study.reference}, µs`, null, `to ${Study.reference}, µs`], ["Bound by", null, "bound by"],
      ["Next, µs", "wrap", "next, µs"], ["Saturated", "wrap", "saturated"]];
    const unit = a => a.byThroughput ? " launches/s" : null;
    const next = a => a.second === null ? none("no other") : h("span", {}, a.second.design, " ",
      Figure.estimate(a.figure(a.second)), unit(a), h("span", {class: "aside"},
        a.level.includes(a.second.design) ? " level" : null));
    const stuck = a => a.saturated.length === 0 ? none("none")
      : a.byThroughput ? "all" : a.saturated.join(", ");
    for (const group of Study.groups) {
      const said = Study.otherAxes.map(axis => axis.key + " " + group[axis.key]).join(" · ");
      if (said) rows.push({group: said});
      const here = all.filter(a => Study.otherAxes.every(axis => a.at[axis.key] === group[axis.key]));
      for (const a of here) {
        const value = Study.loadAxis ? a.at[Study.loadAxis.key] : "the only one";
        if (a.first === null) {
          rows.push([value, h("span", {class: "aside"}, a.nothing), ...Array(4).fill(null).map(() => none(a.nothing)), stuck(a)]);
          continue;
        }
        rows.push([
          value,
          a.byThroughput ? h("span", {}, h("span", {class: "aside"}, "most launches: "), a.first.design)
            : h("strong", {}, named(a.first.design)),
          h("span", {}, Figure.estimate(a.figure(a.first)), unit(a)),
          verdict(a), h("span", {}, binding(a.first)), next(a), stuck(a)]);
      }
    }
    return table("The design with the lowest mean latency at each point", columns, rows,
      {class: "cards", id: "answers-table"});
  }

  function alongLoad(at, shown, statistic, label) {
    const rows = [];
    for (const design of shown) {
      rows.push({group: named(design)});
      for (const value of Study.loadAxis.values) {
        const p = Study.point(design, {...at, [Study.loadAxis.key]: value});
        if (p === null) continue;
        rows.push([value, Figure.estimate(p.offeredPerSecond), Figure.estimate(p.achievedPerSecond),
          latency(p, statistic)]);
      }
    }
    return folded("Figures of these two charts", table(`Throughput and ${label} latency against ${Study.loadAxis.key}`,
      [[Study.loadAxis.key], ["Offered, launches/s", "number"], ["Achieved, launches/s", "number"],
        [`${label} latency, µs`, "number"]], rows, {id: "load-figures"}));
  }

  function binds(at, shown) {
    const values = Study.loadAxis?.values ?? [null];
    const where = value => Study.loadAxis ? {...at, [Study.loadAxis.key]: value} : at;
    const bar = p => h("div", {class: "bound", style: `--busy: ${p.bindsUtilisation * 100}%`},
      h("span", {}, p.binds), Figure.percent(p.bindsUtilisation), p.saturated ? saturated() : null);
    const rows = shown.map(design => [named(design), ...values.map(value => {
      const p = Study.point(design, where(value));
      return p === null ? none("not run") : bar(p);
    })]);
    return table("The most used shared resource and its busy share", [["Design"],
      ...values.map(value => [value === null ? "Busiest resource" : `${Study.loadAxis.key} ${value}`])], rows,
      {id: "binds-figures"});
  }

  function point(at, shown) {
    const there = shown.map(design => [design, Study.point(design, at)]).filter(([, p]) => p !== null);
    return [
      table("Throughput and latency", [["Design"], ["Offered, launches/s", "number"], ["Achieved, launches/s", "number"],
        ...Study.given.map(([, label]) => [label + ", µs", "number"])],
      there.map(([design, p]) => [named(design), Figure.estimate(p.offeredPerSecond),
        Figure.estimate(p.achievedPerSecond), ...Study.given.map(([statistic]) => latency(p, statistic))]),
      {id: "point-figures"}),
      table("EINIT of a launch, on average", [["Design"], ["Launches", "number"], ["Replications", "number"],
        ["EINITs", "number"], ["Retries", "number"], ["Wasted cycles", "number"], ["MSR writes", "number"]],
      there.map(([design, p]) => [named(design), Figure.count(p.launches), Figure.count(p.replications),
        Figure.number(p.einit.attempts), Figure.number(p.einit.retries), Figure.number(p.einit.wastedCycles),
        Figure.number(p.einit.msrWrites)]), {id: "einit-figures"})];
  }

  function blame(at, shown) {
    const there = shown.map(design => Study.point(design, at)).filter(p => p !== null && !p.saturated);
    const keys = Look.blameKeys.filter(key => there.some(p => p.blame[key]));
    const rows = keys.map(key => [key,
      ...there.map(p => key in p.blame ? Figure.number(p.blame[key]) : none("nothing"))]);
    return folded("Figures of this chart", table("Mean time of a launch by what it was spent on, µs",
      [["Spent on"], ...there.map(p => [p.design, "number"])], rows, {id: "blame-figures"}));
  }

  // The row's header is the launch: what a row could be followed to belongs there.
  function slowest(at, design) {
    const p = Study.point(design, at);
    if (p === null || p.slowest.length === 0) return h("p", {class: "note"}, "No launches to show at this point.");
    const longest = Math.max(...p.slowest.map(slow => slow.latency));
    const bar = slow => h("div", {class: "stack", "aria-hidden": "true", style: `width: ${100 * slow.latency / longest}%`},
      Look.blameKeys.filter(key => slow.blame[key] > 0).map(key =>
        h("span", {class: key.startsWith("wait") ? "wait" : null, title: key,
          style: `flex-grow: ${slow.blame[key]}; background-color: ${Look.blameColor(key)}`})));
    const largest = slow => Object.entries(slow.blame).sort((a, b) => b[1] - a[1]).slice(0, 2)
      .flatMap(([key, time], n) => [n > 0 ? ", " : null, key + " ", Figure.number(time)]);
    const pagesHere = pages[study.points.indexOf(p)] ?? {};
    const launch = slow => slow.replication in pagesHere
      ? h("a", {href: `${pagesHere[slow.replication]}#launch-${slow.launch}`}, "launch ", Figure.count(slow.launch))
      : h("span", {}, "launch ", Figure.count(slow.launch));
    const rows = p.slowest.map(slow => [launch(slow),
      Figure.count(slow.replication), Figure.number(slow.plannedSeconds), Figure.number(slow.latency),
      h("div", {class: "spent"}, bar(slow), h("span", {class: "aside"}, largest(slow)))]);
    return table(`${design}, slowest first`, [["Launch"], ["Replication", "number"],
      ["Planned, s after boot", "number"], ["Latency, µs", "number"], ["Most of it, µs", null, ""]], rows,
      {class: "cards", id: "slowest-figures"});
  }

  function pairs(at) {
    const metrics = [["achieved", "Achieved, launches/s"], ["mean", "Mean latency, µs"],
      ["p50", "p50 latency, µs"], ["p99", "p99 latency, µs"]]
      .filter(([metric]) => study.pairs.some(pair => pair.metric === metric));
    const rows = Study.designs.slice(1).map(design => [named(design), ...metrics.map(([metric]) => {
      const pair = Study.pair(design, at, metric);
      return pair === null ? none("cannot be said") : difference(pair);
    })]);
    return table(`Each design minus ${Study.reference}`,
      [["Design"], ...metrics.map(([, label]) => [label, "number"])], rows, {class: "cards", id: "pairs-figures"});
  }

  function failures() {
    const failing = study.points.filter(p => Object.keys(p.failed).length > 0);
    const rows = failing.flatMap(p => Object.entries(p.failed).map(([code, launches]) =>
      [named(p.design), Study.say(p.at), code, Figure.count(launches)]));
    if (rows.length === 0) return h("p", {}, "Nothing failed at any point.");
    const where = Study.designs.map(design => [design, failing.filter(p => p.design === design).length])
      .filter(([, n]) => n > 0).map(([design, n]) => `${design} at ${n} ${n === 1 ? "point" : "points"}`);
    const whole = table("What failed, by its code",
      [["Design"], ["Point", "prose"], ["Code"], ["Number", "number"]], rows, {class: "cards", id: "failures-figures"});
    return h("div", {}, h("p", {}, `Launches, or lives beside them, failed in ${where.join(", ")}.`),
      rows.length > 12 ? folded(`All ${rows.length} figures`, whole) : whole);
  }

  function costs() {
    const rows = study.costs.map(cost => [cost.name, Figure.count(cost.cycles),
      h("span", {}, cost.provenance, cost.changed ? h("span", {class: "badge"}, "changed by the scenario") : null),
      cost.source]);
    return table("Cycles of every operation, and where the figure is from",
      [["Operation"], ["Cycles", "number"], ["Provenance"], ["Source", "prose"]], rows, {class: "cards", id: "costs-figures"});
  }

  const settings = keys => Object.entries(keys).map(([key, value]) => [h("code", {}, key), h("code", {}, value)]);

  function scenario() {
    return table("Every key of the base scenario", [["Key"], ["Value", "prose"]], settings(study.scenario),
      {id: "scenario-keys"});
  }

  function changes() {
    return table("What each design sets in the base scenario", [["Key"], ["Value", "prose"]],
      study.designs.flatMap(({name, keys}) => [{group: named(name)}, ...settings(keys)]), {id: "design-keys"});
  }

  return {named, folded, designs, answers, alongLoad, binds, point, blame, slowest, pairs, failures, costs, scenario, changes};
})();
