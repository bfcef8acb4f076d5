"use strict";
// What time is spent on, and the colour of each such thing, the same in bars, lanes and legends:
// warm for waiting, cool for work.

const Look = (() => {
  // A part of a path by what is to blame for it: a service is told apart by its labels.
  function pieces(part) {
    const parts = part.split.map(([label, nanos]) => ({key: `${part.group}: ${label}`, nanos}));
    const left = part.nanos - parts.reduce((sum, piece) => sum + piece.nanos, 0);
    return left > 0 ? [...parts, {key: part.what, nanos: left}] : parts;
  }

  // Nanoseconds by what is to blame, the most first; names decide between equals, as in a terminal.
  function totals(requests) {
    const sums = new Map();
    for (const piece of requests.flatMap(r => r.path).flatMap(pieces)) {
      sums.set(piece.key, (sums.get(piece.key) ?? 0) + piece.nanos);
    }
    return [...sums].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }

  const kinds = {wait: [], work: []};
  const kind = key => key === "late start" || key === "not over at the end" ? "late" : key.startsWith("wait ") ? "wait" : "work";
  for (const [key] of totals(Trace.shown)) kinds[kind(key)]?.push(key);

  function variable(key) {
    const of = kind(key);
    if (of === "late") return "--late";
    const n = kinds[of].indexOf(key);
    return n >= 0 && n < 6 ? `--${of}-${n}` : `--${of}-more`;
  }

  const color = key => `var(${variable(key)})`;

  // A canvas knows no variables: they are read once for each colour scheme.
  let known = new Map();
  function paint(name) {
    if (!known.has(name)) {
      known.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
    }
    return known.get(name);
  }
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const onChange = redraw => scheme.addEventListener("change", () => { known = new Map(); redraw(); });

  // Some shown requests have a colour for their messages; if they are many, none has.
  const series = r => r.path && Trace.shown.length > 1 && Trace.shown.length <= 10 ? `--series-${r.number}` : null;

  return {pieces, totals, kind, variable, color, paint, onChange, series};
})();
