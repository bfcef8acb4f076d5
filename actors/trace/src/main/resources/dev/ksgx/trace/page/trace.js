"use strict";
// The data of the page: columns of numbers, and the questions one asks of them.
// A message is its index here, in order of handling; ids are those of the trace.

const Trace = (() => {
  const raw = JSON.parse(document.getElementById("trace").textContent);
  const columns = raw.messages;
  const size = columns.id.length;
  const {actors, types, origins} = raw;
  const {shapes} = columns;

  const sums = differences => {
    let sum = 0;
    return Float64Array.from(differences, d => sum += d);
  };
  const id = sums(columns.id);
  const handled = sums(columns.handled);
  const sent = Float64Array.from(columns.mailbox, (d, i) => handled[i] - d);
  const [request, sender, receiver, type, origin, shape] =
    ["request", "sender", "receiver", "type", "origin", "shape"].map(name => Int32Array.from(columns[name]));
  const context = Uint8Array.from(columns.context);
  const causeId = Float64Array.from(columns.cause);

  // First index of an ascending column whose value is at least (or above) that one.
  const atLeast = d3.bisectLeft;
  const above = d3.bisectRight;

  function find(wanted) {
    const i = atLeast(id, wanted);
    return i < size && id[i] === wanted ? i : -1;
  }

  const cause = Int32Array.from(causeId, c => c === 0 ? -1 : find(c));

  // The instant at which a message was sent, or its timer set.
  const scheduled = Float64Array.from(sent, (s, i) => cause[i] < 0 ? s : Math.min(s, handled[cause[i]]));
  // No message from there on was under way before that instant: where a search for arrows may stop.
  const earliest = new Float64Array(size + 1).fill(Infinity);
  for (let i = size - 1; i >= 0; i--) earliest[i] = Math.min(earliest[i + 1], scheduled[i]);

  // Effects of a message stand together in one row, in order.
  const firstEffect = new Int32Array(size + 1);
  for (let i = 0; i < size; i++) if (cause[i] >= 0) firstEffect[cause[i] + 1]++;
  for (let i = 0; i < size; i++) firstEffect[i + 1] += firstEffect[i];
  const effectRow = new Int32Array(firstEffect[size]);
  const filled = firstEffect.slice();
  for (let i = 0; i < size; i++) if (cause[i] >= 0) effectRow[filled[cause[i]]++] = i;
  const effects = i => effectRow.subarray(firstEffect[i], firstEffect[i + 1]);

  // The model has no cause for a root, though a timer may have been set for it.
  const isRoot = i => causeId[i] === 0 || origin[i] >= 0;

  // The message, its cause, and so on to a root or to what the page does not have.
  function chain(i) {
    const links = [i];
    while (!isRoot(links.at(-1)) && cause[links.at(-1)] >= 0) links.push(cause[links.at(-1)]);
    return links;
  }

  const firstValue = new Int32Array(size + 1);
  for (let i = 0; i < size; i++) firstValue[i + 1] = firstValue[i] + shapes[shape[i]].length;
  const values = i => shapes[shape[i]].map((name, k) => [name, String(columns.values[firstValue[i] + k])]);
  // A field that has several values reads frame=[3,4].
  function fields(i) {
    const named = [];
    for (const [name, value] of values(i)) {
      if (named.at(-1)?.[0] === name) named.at(-1)[1].push(value);
      else named.push([name, [value]]);
    }
    return named.map(([name, list]) => [name, list.length === 1 ? list[0] : `[${list.join(",")}]`]);
  }
  const fieldText = i => fields(i).map(pair => pair.join("=")).join(",");

  const from = i => sender[i] >= 0 ? actors[sender[i]] : origin[i] >= 0 ? `(${origins[origin[i]]})` : "(outside)";

  // Requests that are shown have a timeline; others are but names.
  const requests = raw.requests.map((r, number) => ({...r, number,
    anchor: r.name.replace(/\s+/g, "-"),
    title: r.underWay ? `${r.name} (under way at the end)` : r.name,
    latency: r.ended - r.planned,
    path: r.path?.map(part => ({...part, nanos: part.stop - part.start}))}));
  const shown = requests.filter(r => r.path);
  const anchors = new Map(requests.map(r => [r.anchor, r]));
  const named = name => shown.find(r => r.name === name);

  const messagesOf = requests.map(() => []);
  for (let i = 0; i < size; i++) if (request[i] >= 0) messagesOf[request[i]].push(i);

  const resources = raw.resources.map(([name, group, capacity]) => ({name, group, capacity}));
  const rows = (table, names) => table[names[0]].map((_, i) => Object.fromEntries(names.map(n => [n, table[n][i]])));
  const holds = rows(raw.holds, ["resource", "task", "request", "queued", "start", "stop"]);
  const marks = raw.marks.map(([request, label, at]) => ({request, label, at}));

  const holder = hold => hold.request >= 0 ? requests[hold.request].name : `task ${hold.task}`;

  // From when to when: all there is, and what the page is about.
  const instants = [...shown.flatMap(r => [r.planned, r.ended]), ...raw.window ?? []];
  const main = [];
  for (let i = 0; i < size; i++) if (!context[i]) main.push(i);
  if (main.length) instants.push(handled[main[0]], handled[main.at(-1)]);
  const least = (first, more) => more.reduce((a, b) => Math.min(a, b), first);
  const most = (first, more) => more.reduce((a, b) => Math.max(a, b), first);
  const all = instants.length ? [least(instants[0], instants), most(instants[0], instants)] : [0, 1000];
  const extent = [least(all[0], size ? [scheduled[0], handled[0]] : []), all[1]];
  // Launches that go beyond a piece of time do not widen it.
  const focus = raw.window?.[0] < raw.window?.[1] ? raw.window : all;

  return {title: raw.title, notes: raw.notes, window: raw.window, size, id, handled, sent, scheduled, earliest,
    request, sender, receiver, type, origin, context, cause, causeId, actors, types, origins, shapes, shape, atLeast, above, find,
    effects, isRoot, chain, values, fields, fieldText, from, requests, shown, anchors, named, messagesOf, resources, holds,
    marks, holder, focus, extent, contexts: size - main.length};
})();
