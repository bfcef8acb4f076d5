"use strict";
// The messages on the canvas. Few are arrows; many are, on each lane, as dark a tick as they are dense.

const Arrows = (() => {
  const MOST = 2500; // arrows in view that a person can still follow, and a canvas draws at once
  let note = "";

  function lane(actor) {
    const found = actor < 0 ? null : Lanes.actorLane[actor];
    return found && found.y >= 0 ? found : null;
  }

  // From where to where an arrow goes, in pixels; what comes from outside comes from above.
  function ends(i) {
    const to = lane(Trace.receiver[i]);
    if (!to) return null;
    const from = lane(Trace.sender[i]);
    const y2 = Drawing.middle(to);
    return {x1: View.x(Axis.origin(i)), y1: from ? Drawing.middle(from) : y2 - 9, x2: View.x(Axis.message(i)), y2};
  }

  // Messages of which something may be seen, in order; null if they are more than that.
  function inView(most) {
    const [from, to] = View.range();
    const [first, last] = Axis.between(from, to);
    const {visible} = State;
    const list = [];
    for (let i = first; i < last; i++) {
      if (visible[i] && list.push(i) > most) return null;
    }
    for (let i = last; i < Trace.size && !Axis.beyond(i, to); i++) {
      if (visible[i] && Axis.origin(i) <= to && list.push(i) > most) return null;
    }
    return list;
  }

  function color(i) {
    const request = Trace.requests[Trace.request[i]];
    if (State.request) return request === State.request ? "--arrow" : "--arrow-quiet";
    if (Trace.context[i]) return "--arrow-quiet";
    return request && Look.series(request) || "--arrow";
  }

  function head(pen, {x1, y1, x2, y2}, size) {
    const length = Math.hypot(x2 - x1, y2 - y1);
    if (length < 5) return;
    const ux = (x2 - x1) / length, uy = (y2 - y1) / length;
    pen.moveTo(x2, y2);
    pen.lineTo(x2 - ux * size - uy * size * 0.5, y2 - uy * size + ux * size * 0.5);
    pen.lineTo(x2 - ux * size + uy * size * 0.5, y2 - uy * size - ux * size * 0.5);
    pen.closePath();
  }

  // How many messages each lane has in each column of pixels; returns their number.
  function dense(pen) {
    const [from, to] = View.range();
    const [first, last] = Axis.between(from, to);
    const {visible} = State;
    const {receiver} = Trace;
    const places = Axis.places();
    const columns = Math.ceil(View.width - View.gutter) + 1;
    const perPlace = (View.width - View.gutter) / (to - from);
    const drawn = Lanes.all.filter(lane => lane.kind === "actor" && Drawing.inView(lane));
    const rows = new Int32Array(Trace.actors.length).fill(-1);
    drawn.forEach((lane, n) => { rows[lane.key] = n * columns; });
    const counts = new Uint16Array(drawn.length * columns);
    let most = 1, total = 0;
    for (let i = first; i < last; i++) {
      if (!visible[i]) continue;
      total++;
      const row = rows[receiver[i]];
      if (row < 0) continue;
      const count = ++counts[row + Math.floor((places[i] - from) * perPlace)];
      if (count > most) most = count;
    }
    pen.fillStyle = Look.paint("--arrow");
    for (let shade = 1; shade <= 4; shade++) { // One after the other: a change of shade costs.
      pen.globalAlpha = 0.15 + shade * 0.2;
      drawn.forEach((lane, n) => {
        const top = Drawing.middle(lane) - 7;
        for (let column = 0; column < columns; column++) {
          const count = counts[n * columns + column];
          if (count > 0 && Math.min(4, Math.ceil(4 * Math.sqrt(count / most))) === shade) {
            pen.fillRect(View.gutter + column, top, 1, 14);
          }
        }
      });
    }
    pen.globalAlpha = 1;
    return total;
  }

  // Of vertical arrows on the same pixels one is enough.
  function distinct(lines) {
    const drawn = new Set();
    return lines.filter(e => {
      if (e === null) return false;
      if (Math.abs(e.x1 - e.x2) >= 0.75) return true;
      const key = (Math.round(e.x2) * 8192 + Math.round(e.y1) + 2048) * 8192 + Math.round(e.y2) + 2048;
      return !drawn.has(key) && drawn.add(key);
    });
  }

  function batch(pen, list, variable, alpha) {
    const lines = distinct(list.map(ends));
    pen.globalAlpha = alpha;
    pen.strokeStyle = pen.fillStyle = Look.paint(variable);
    pen.lineWidth = 1;
    for (const e of lines) {
      if (Math.abs(e.x1 - e.x2) < 0.75) pen.fillRect(e.x2 - 0.5, Math.min(e.y1, e.y2), 1, Math.abs(e.y2 - e.y1));
      pen.fillRect(e.x2 - 2, e.y2 - 2, 4, 4);
    }
    pen.beginPath();
    lines.forEach(e => head(pen, e, 6));
    pen.fill();
    pen.beginPath();
    for (const e of lines) {
      if (Math.abs(e.x1 - e.x2) < 0.75) continue;
      pen.moveTo(e.x1, e.y1);
      pen.lineTo(e.x2, e.y2);
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }

  // What stands beside a message: its type, if there is room up to the next on its lane.
  function texts(pen, list) {
    const waiting = new Map();
    pen.font = Drawing.font(10);
    const put = (to, i, limit) => {
      const left = Math.max(View.x(Axis.message(i)), View.gutter) + 5;
      const text = Format.brief(Trace.types[Trace.type[i]]);
      const width = pen.measureText(text).width;
      if (left + width > limit - 6) return;
      pen.fillStyle = Look.paint("--paper");
      pen.globalAlpha = 0.75;
      pen.fillRect(left - 1, Drawing.middle(to) - 11, width + 2, 9);
      pen.globalAlpha = 1;
      pen.fillStyle = Look.paint("--quiet");
      pen.fillText(text, left, Drawing.middle(to) - 3);
    };
    for (const i of list) {
      const to = lane(Trace.receiver[i]);
      if (!to || !Drawing.inView(to)) continue;
      const at = View.x(Axis.message(i));
      if (waiting.has(to)) put(to, waiting.get(to), at);
      if (at > View.width) waiting.delete(to);
      else waiting.set(to, i);
    }
    for (const [to, i] of waiting) put(to, i, View.width);
  }

  // The chosen message, what led to it, and what it led to.
  function chosen(pen) {
    const i = State.message;
    if (i < 0) return;
    const strand = (list, variable, width) => {
      pen.strokeStyle = pen.fillStyle = Look.paint(variable);
      pen.lineWidth = width;
      for (const e of list.map(ends)) {
        if (!e) continue;
        // In the middle of pixels an upright or level one is sharp.
        if (Math.abs(e.x1 - e.x2) < 0.75) e.x1 = e.x2 = Math.floor(e.x2) + 0.5;
        if (e.y1 === e.y2) e.y1 = e.y2 = Math.floor(e.y2) + 0.5;
        pen.beginPath();
        pen.moveTo(e.x1, e.y1);
        pen.lineTo(e.x2, e.y2);
        pen.stroke();
        pen.beginPath();
        head(pen, e, 7);
        pen.fill();
      }
    };
    strand([...Trace.effects(i)].slice(0, 200), "--effect", 1.4);
    strand(State.chain.slice(1), "--cause", 1.4);
    strand([i], "--cause", 3);
    const e = ends(i);
    if (!e) return;
    pen.beginPath();
    pen.arc(e.x2, e.y2, 6, 0, 2 * Math.PI);
    pen.fillStyle = Look.paint("--cause");
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = Look.paint("--paper");
    pen.stroke();
  }

  function hits(pen) {
    pen.fillStyle = Look.paint("--hit");
    const [from, to] = View.range();
    let last = -1;
    for (const i of State.hits) {
      const at = Axis.message(i);
      if (at < from || at > to || !State.visible[i]) continue;
      const target = lane(Trace.receiver[i]);
      if (!target || !Drawing.inView(target)) continue;
      const key = Math.round(View.x(at)) * 4096 + target.y;
      if (key === last) continue;
      last = key;
      pen.fillRect(View.x(at) - 3, Drawing.middle(target) - 6, 6, 12);
    }
  }

  function messages(pen) {
    pen.save();
    pen.beginPath();
    pen.rect(View.gutter, 0, View.width - View.gutter, View.height);
    pen.clip();
    const list = inView(MOST);
    if (list === null) {
      note = `${Format.count(dense(pen))} messages in view, as density; zoom in for arrows`;
    } else {
      const colors = d3.group(list, color);
      const faded = State.message >= 0 ? 0.35 : 0.85;
      [...colors].sort(([a]) => a === "--arrow-quiet" ? -1 : 1).forEach(([variable, some]) => batch(pen, some, variable, faded));
      texts(pen, list);
      note = `${Format.count(list.length)} of ${Format.count(State.count)} messages in view`;
    }
    hits(pen);
    chosen(pen);
    pen.restore();
  }

  return {messages, ends, inView, MOST, get note() { return note; }};
})();
