"use strict";
// The messages on the canvas. Few are arrows; many are, on each lane, as dark a tick as they are dense.

const Arrows = (() => {
  const MOST = 3000; // arrows in view that a person can still follow, and a canvas draws at once
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

  // Messages of which something may be seen, in order.
  function* inView() {
    const [from, to] = View.range();
    const [first, last] = Axis.between(from, to);
    for (let i = first; i < last; i++) if (State.visible[i]) yield i;
    for (let i = last; i < Trace.size && !Axis.beyond(i, to); i++) {
      if (State.visible[i] && Axis.origin(i) <= to) yield i;
    }
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

  function dense(pen) {
    const [from, to] = View.range();
    const [first, last] = Axis.between(from, to);
    const columns = Math.ceil(View.width - View.gutter) + 1;
    const counts = new Map();
    let most = 1;
    for (let i = first; i < last; i++) {
      const to = State.visible[i] ? lane(Trace.receiver[i]) : null;
      if (!to || !Drawing.inView(to)) continue;
      if (!counts.has(to)) counts.set(to, new Uint16Array(columns));
      const column = Math.floor(View.x(Axis.message(i)) - View.gutter);
      if (column >= 0 && column < columns) most = Math.max(most, ++counts.get(to)[column]);
    }
    // One colour at a time: four shades.
    for (let shade = 1; shade <= 4; shade++) {
      pen.fillStyle = Look.paint("--arrow");
      pen.globalAlpha = 0.15 + shade * 0.2;
      for (const [to, row] of counts) {
        const top = Drawing.middle(to) - 7;
        for (let column = 0; column < columns; column++) {
          if (row[column] > 0 && Math.min(4, Math.ceil(4 * Math.sqrt(row[column] / most))) === shade) {
            pen.fillRect(View.gutter + column, top, 1, 14);
          }
        }
      }
    }
    pen.globalAlpha = 1;
  }

  function batch(pen, list, variable, alpha) {
    const lines = list.map(ends).filter(e => e !== null);
    pen.globalAlpha = alpha;
    pen.strokeStyle = pen.fillStyle = Look.paint(variable);
    pen.lineWidth = 1;
    pen.beginPath();
    const drawn = new Set(); // Of arrows on the same pixels one is enough.
    for (const e of lines) {
      if (Math.abs(e.x1 - e.x2) < 0.75) {
        const key = (Math.round(e.x2) * 4096 + Math.round(e.y1)) * 4096 + Math.round(e.y2);
        if (drawn.has(key)) continue;
        drawn.add(key);
        pen.rect(e.x2 - 0.5, Math.min(e.y1, e.y2), 1, Math.abs(e.y2 - e.y1));
      }
    }
    lines.forEach(e => head(pen, e, 6));
    for (const e of lines) pen.rect(e.x2 - 2, e.y2 - 2, 4, 4);
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
      pen.fillRect(left - 1, Drawing.middle(to) - 12, width + 2, 10);
      pen.globalAlpha = 1;
      pen.fillStyle = Look.paint("--quiet");
      pen.fillText(text, left, Drawing.middle(to) - 4);
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
        pen.beginPath();
        pen.moveTo(e.x1, e.y1);
        pen.lineTo(e.x2, e.y2);
        pen.stroke();
        pen.beginPath();
        head(pen, e, 9);
        pen.fill();
      }
    };
    strand([...Trace.effects(i)].slice(0, 200), "--effect", 1.6);
    strand(State.chain.slice(1), "--cause", 1.8);
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
    const list = [];
    for (const i of inView()) list.push(i);
    if (list.length > MOST) {
      dense(pen);
      note = `${Format.count(list.length)} messages in view, as density; zoom in for arrows`;
    } else {
      const colors = d3.group(list, color);
      const faded = State.message >= 0 ? 0.35 : 0.85;
      [...colors].sort(([a]) => a === "--arrow-quiet" ? -1 : 1).forEach(([variable, some]) => batch(pen, some, variable, faded));
      texts(pen, list);
      note = `${Format.count(list.length)} of ${Format.count(Trace.size)} messages in view`;
    }
    hits(pen);
    chosen(pen);
    pen.restore();
  }

  return {messages, ends, inView, MOST, get note() { return note; }};
})();
