"use strict";
// Puts the page together: what never changes once, what follows the selectors after each change.

(() => {
  const place = (id, ...content) => document.getElementById(id).replaceChildren(...content.filter(c => c !== null));
  const answers = Study.everywhere.map(Study.answer);
  const timed = study.points.filter(p => p.latency !== null);
  const usual = ["p99", "p95", "p90", "p50", "mean"].find(name => Study.given.some(([given]) => given === name)
    && timed.filter(p => p.latency[name] !== null).length * 2 >= timed.length) ?? "mean";
  const several = Study.designs.length > 1;
  const single = Study.everywhere.length === 1;

  // The charts begin at the highest load that most designs still carry: there they differ most.
  function opening() {
    const at = {...Study.groups[0]};
    if (!Study.loadAxis) return at;
    const carriers = value => Study.designs.filter(design =>
      Study.point(design, {...at, [Study.loadAxis.key]: value})?.saturated === false).length;
    const best = Study.loadAxis.values.reduce((best, value) => carriers(value) >= carriers(best) ? value : best);
    return {...at, [Study.loadAxis.key]: best};
  }

  const selected = {at: opening(), statistic: usual, slowest: null, hidden: new Set()};
  const shown = () => Study.designs.filter(design => !selected.hidden.has(design));

  function join(parts) {
    return parts.flatMap((part, n) => [n === 0 ? "" : n === parts.length - 1 ? " and " : ", ", part]);
  }

  function counted(of) {
    const counts = Study.designs.map(design => [design, of(design)]).filter(([, n]) => n > 0);
    return counts.sort((a, b) => b[1] - a[1]);
  }

  function headline() {
    if (!several) return only();
    const total = answers.length;
    const where = n => total === 1 ? "" : n === total ? ` at all ${total} points` : ` at ${n} of ${total} points`;
    const leaders = new Map();
    for (const a of answers.filter(a => a.first !== null && !a.byThroughput)) {
      const names = JSON.stringify(Study.designs.filter(name => name === a.first.design || a.level.includes(name)));
      leaders.set(names, (leaders.get(names) ?? 0) + 1);
    }
    const sets = [...leaders].sort((a, b) => b[1] - a[1]).map(([names, n]) => [JSON.parse(names), n]);
    const sentence = ([names, n]) => [join(names.map(name => h("strong", {}, name))),
      names.length > 1 ? " share the lead" : " is fastest", where(n), ". "].flat();
    const none = answers.filter(a => a.byThroughput).length;
    const nothing = why => [answers.filter(a => a.nothing === why).length]
      .map(n => n === 0 ? null : ` ${why[0].toUpperCase() + why.slice(1)}${where(n)}.`)[0];
    const rest = sets.slice(3).reduce((sum, [, n]) => sum + n, 0);
    const contested = answers.filter(a =>
      study.replications > 1 && !a.byThroughput && a.pair !== null && a.first.design !== Study.reference);
    const significant = contested.filter(a => a.pair.significant).length;
    const stuck = counted(design => study.points.filter(p => p.design === design && p.saturated).length);
    return [
      h("p", {class: "lead"}, sets.slice(0, 3).flatMap(sentence), rest > 0 ? `Others lead${where(rest)}. ` : null,
        none > 0 ? `Every design is saturated${where(none)}.` : null, nothing("no launch succeeded"), nothing("not run"),
        study.replications === 1 ? " One replication does not tell a lead from chance." : null),
      h("p", {}, contested.length === 0 ? null : total === 1
        ? `The lead over ${Study.reference} is ${significant ? "significant" : "not significant"}. `
        : `The lead over ${Study.reference} is significant at ${significant} of the ${contested.length} points where both have a latency. `,
      stuck.length === 0 ? "No design is saturated." : total === 1 ? `Saturated: ${stuck.map(([design]) => design).join(", ")}.`
        : `Saturated, at how many points: ${stuck.map(([design, n]) => `${design} at ${n}`).join(", ")}.`)];
  }

  function only() {
    const [design] = Study.designs;
    if (study.points.length !== 1) return [h("p", {class: "lead"}, h("strong", {}, design), ` at ${study.points.length} points.`)];
    const [p] = study.points;
    const tail = selected.statistic;
    return [h("p", {class: "lead"}, h("strong", {}, design), p.saturated
      ? " is saturated: more is asked than it can do. " : p.latency === null ? ": no launch succeeded. " : [" launches in ", Figure.estimate(p.latency.mean), " µs on average",
        ...tail === "mean" ? [] : [", ", tail, " ", Figure.estimate(p.latency[tail]), " µs"], ". "],
    "The busiest resource is ", h("strong", {}, p.binds), ", ", Figure.percent(p.bindsUtilisation), " busy.")];
  }

  function compared() {
    const axes = study.axes.filter(axis => axis.values.length > 1).map((axis, n) => `${axis.values.length} ${n === 0 ? "values " : ""}of ${axis.key}`);
    const runs = study.replications === 1 ? "One replication, so without intervals."
      : `Up to ${study.replications} replications with independent seeds, the same for every design; intervals are 95 %.`;
    return h("p", {class: "note"}, several ? `${Study.designs.length} designs` : "One design",
      axes.length ? `, with ${axes.join(" × ")}` : single && study.axes.length ? ` at ${Study.say(Study.everywhere[0])}` : null,
      `. ${runs} Times are microseconds of the model.`);
  }

  function contents() {
    const sections = [...document.querySelectorAll("main section")].filter(section => !section.hidden);
    place("contents", ...sections.map(section =>
      h("li", {}, h("a", {href: "#" + section.id}, section.querySelector("h2").textContent))));
  }

  function select(name, label, options, value, change) {
    const box = h("select", {name}, options.map(([option, text]) =>
      h("option", {value: option, selected: option === value}, text)));
    box.addEventListener("change", () => { change(box.value); update(); });
    return h("label", {}, h("span", {}, label), box);
  }

  function controls() {
    const axes = [...Study.otherAxes, ...Study.loadAxis ? [Study.loadAxis] : []].filter(axis => axis.values.length > 1);
    const boxes = axes.map(axis => select(axis.key, axis.key, axis.values.map(value => [value, value]),
      selected.at[axis.key], value => { selected.at = {...selected.at, [axis.key]: value}; }));
    if (Study.loadAxis && Study.given.length > 1) {
      boxes.push(select("statistic", "latency", Study.given, selected.statistic, value => { selected.statistic = value; }));
    }
    const form = document.getElementById("controls");
    form.hidden = boxes.length === 0;
    form.addEventListener("submit", event => event.preventDefault());
    form.append(...boxes);
  }

  function chips() {
    const boxes = Study.designs.map(design => {
      const box = h("input", {type: "checkbox", name: "design", value: design, checked: true});
      box.addEventListener("change", () => {
        selected.hidden[box.checked ? "delete" : "add"](design);
        update();
      });
      return h("label", {}, box, h("span", {}, Tables.named(design)));
    });
    const group = document.getElementById("chips");
    group.append(...boxes);
    group.hidden = !several;
  }

  function slowest() {
    const candidates = shown().filter(design => Study.point(design, selected.at)?.slowest.length > 0);
    if (!candidates.includes(selected.slowest)) selected.slowest = candidates[0] ?? null;
    const choice = candidates.length < 2 ? null : h("div", {class: "choice"}, select("slowest", "of", candidates.map(d => [d, d]),
      selected.slowest, design => { selected.slowest = design; }));
    const focused = document.activeElement?.name === "slowest";
    place("slowest", choice, Tables.slowest(selected.at, selected.slowest));
    if (focused) document.querySelector("[name=slowest]")?.focus();
  }

  function update() {
    const {at, statistic} = selected;
    const label = Study.statistics.find(([name]) => name === statistic)[1];
    const machine = Study.otherAxes.map(axis => `${axis.key} ${at[axis.key]}`);
    const whole = study.axes.map(axis => `${axis.key} ${at[axis.key]}`);
    if (Study.loadAxis) {
      Charts.throughput(at, shown(), machine);
      Charts.latency(at, shown(), statistic, label, machine);
      const open = document.querySelector("#load-table details")?.open;
      place("load-table", Tables.alongLoad(at, shown(), statistic, label));
      document.querySelector("#load-table details").open = open ?? false;
    }
    const note = where => where.length ? h("p", {class: "note"}, where.join(" · ")) : null;
    place("binds-table", note(machine), Tables.binds(at, shown()));
    place("point-table", note(whole), ...Tables.point(at, shown()));
    Charts.cdf(at, shown(), whole);
    Charts.overTime("time-p50", "p50", at, shown(), whole);
    Charts.overTime("time-p99", "p99", at, shown(), whole);
    Charts.blame(at, shown(), whole);
    const open = document.querySelector("#blame-table details")?.open;
    place("blame-table", Tables.blame(at, shown()));
    document.querySelector("#blame-table details").open = open ?? false;
    slowest();
    if (several) place("pairs-table", note(whole), Tables.pairs(at), h("p", {class: "note"},
      "Over replications with the same seeds. Significant: a paired t test at 5 % with Holm's rule over the designs of "
      + "this point. The interval is that of the one difference, so it can leave zero out where nothing is significant."));
  }

  function once() {
    place("lead", ...headline(), compared());
    place("designs", Tables.designs(answers));
    if (several) place("answers", Tables.answers(answers));
    document.getElementById("answer-title").textContent = several ? "The answer, point by point" : "What was run";
    document.getElementById("against-load").hidden = !Study.loadAxis;
    document.getElementById("pairs").hidden = !several;
    document.getElementById("point-title").textContent = single ? "Latency" : "At one point";
    place("failures-table", Tables.failures());
    const changed = study.costs.filter(cost => cost.changed).length;
    place("costs", h("p", {}, `${study.costs.length} costs of operations, ${changed === 0 ? "none" : changed} changed by the scenario. `
      + "Where a cost is recalled or estimated and not measured, so is what follows from it."), Tables.costs());
    place("recipe",
      h("pre", {tabindex: "0", "aria-label": "Command"}, h("code", {}, study.command)),
      h("p", {}, "Seed of the first replication: ", Figure.plain(study.seed), ". Format of the data: ", Figure.plain(study.format),
        ". The same command and seed give the same figures."),
      Tables.folded(`The base scenario, ${Object.keys(study.scenario).length} keys`, Tables.scenario()),
      Tables.folded("What each design sets in it", Tables.changes()));
    contents();
  }

  // On paper nothing can be opened.
  const folded = () => document.querySelectorAll("details");
  addEventListener("beforeprint", () => {
    folded().forEach(d => { d.dataset.was = d.open; d.open = true; });
    Charts.fit(660);
  });
  addEventListener("afterprint", () => {
    folded().forEach(d => { d.open = d.dataset.was === "true"; });
    Charts.fit("auto");
  });

  document.getElementById("page").hidden = false;
  controls();
  chips();
  once();
  update();
})();
