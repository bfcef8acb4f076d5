"use strict";
// What a design and a kind of time look like, the same in every chart and table.

const Look = (() => {
  const marks = ["\u25cf", "\u25a0", "\u25b2", "\u25c6"];
  const symbols = ["circle", "rect", "triangle", "diamond"];
  const colors = 10;
  const color = n => `var(--series-${n % colors})`;
  const mark = n => marks[n % marks.length];
  const symbol = n => symbols[n % symbols.length];
  const dash = n => n < colors ? "solid" : "dashed";

  // What launches spend most on anywhere gets a colour of its own: warm for waiting, cool for work.
  const shares = new Map();
  for (const point of study.points) {
    const total = Object.values(point.blame).reduce((sum, time) => sum + time, 0);
    for (const [key, time] of Object.entries(point.blame)) {
      shares.set(key, Math.max(shares.get(key) ?? 0, total > 0 ? time / total : 0));
    }
  }
  for (const slow of study.points.flatMap(point => point.slowest)) {
    Object.keys(slow.blame).forEach(key => shares.has(key) || shares.set(key, 0));
  }
  const bySize = [...shares.keys()].sort((a, b) => shares.get(b) - shares.get(a));
  const waits = bySize.filter(key => key.startsWith("wait"));
  const works = bySize.filter(key => !key.startsWith("wait"));
  const blameKeys = [...waits, ...works];
  function blameColor(key) {
    const n = waits.indexOf(key);
    const of = n >= 0 ? ["wait", n] : ["work", works.indexOf(key)];
    return of[1] < 6 ? `var(--${of[0]}-${of[1]})` : `var(--${of[0]}-more)`;
  }
  return {color, mark, symbol, dash, blameKeys, blameColor};
})();
