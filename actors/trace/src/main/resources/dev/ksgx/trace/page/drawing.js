"use strict";
// The lanes on the canvas: names, who held a resource and who waited, timelines, and the critical path.

const Drawing = (() => {
  const font = (size, weight = 400) => `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif`;
  const y = lane => lane.y - View.top;
  const inView = lane => lane.y >= 0 && y(lane) + lane.height > 0 && y(lane) < View.height;
  const middle = lane => y(lane) + lane.height / 2;

  // As much of a text as fits; where it is a name with a number, the number stays.
  function fit(pen, text, room) {
    if (pen.measureText(text).width <= room) return text;
    const tail = text.match(/-?\d+$/)?.[0] ?? "";
    for (let length = text.length - tail.length - 1; length > 2; length--) {
      const cut = text.slice(0, length) + "…" + tail;
      if (pen.measureText(cut).width <= room) return cut;
    }
    return "";
  }

  function label(pen, text, left, right, base, color, size = 11) {
    const from = Math.max(left, View.gutter) + 4;
    const room = Math.min(right, View.width) - from - 4;
    if (room < 24) return;
    pen.font = font(size);
    const cut = fit(pen, text, room);
    if (!cut) return;
    pen.fillStyle = color;
    pen.fillText(cut, from, base);
  }

  function background(pen) {
    const {paint} = Look;
    pen.fillStyle = paint("--paper");
    pen.fillRect(0, 0, View.width, View.height);
    if (Axis.ordered) {
      pen.fillStyle = paint("--wash");
      for (const [, start, stop, n] of Axis.blocks(...View.range())) {
        const left = View.x(start), right = View.x(stop);
        if (right - left >= 2 && n % 2 === 0) pen.fillRect(left, 0, right - left, View.height);
      }
    }
    const about = State.request;
    if (about?.path && !Axis.ordered) {
      pen.fillStyle = paint("--about");
      const left = Math.max(View.gutter, View.x(about.planned)), right = Math.min(View.width, View.x(about.ended));
      if (right > left) pen.fillRect(left, 0, right - left, View.height);
    }
    pen.fillStyle = paint("--hair");
    for (const lane of Lanes.all) {
      if (!inView(lane)) continue;
      if (lane.kind === "actor") pen.fillRect(View.gutter, Math.round(middle(lane)), View.width, 1);
      else pen.fillRect(0, Math.round(y(lane) + lane.height) - 1, View.width, 1);
    }
  }

  function holds(pen, lane) {
    const [from, to] = View.range().map(Axis.instantAt);
    const top = y(lane) + lane.queueHeight + 2;
    const about = State.request?.number ?? -1;
    const {paint} = Look;
    const merged = new Float64Array(lane.tracks).fill(-1); // Where the last bar of a track ends.
    for (let i = Trace.atLeast(lane.ends, from); i < lane.holds.length && lane.holds[i].start <= to; i++) {
      const hold = lane.holds[i];
      if (hold.stop < from) continue;
      const left = Math.max(View.x(Axis.time(hold.start)), View.gutter);
      const right = Math.min(Math.max(View.x(Axis.time(hold.stop)), left + 1), View.width);
      const own = hold.request >= 0 && hold.request === about;
      // Of many bars within a pixel one is enough.
      if (right <= merged[lane.track[i]] && !own) continue;
      merged[lane.track[i]] = right;
      const bar = top + lane.track[i] * Lanes.TRACK;
      pen.fillStyle = paint(own ? "--own" : Trace.requests[hold.request]?.path ? "--held-shown" : "--held");
      pen.fillRect(left, bar, Math.max(right - left - (right - left > 3 ? 1 : 0), 1), Lanes.TRACK - 2);
      if (right - left > 46) {
        label(pen, Trace.holder(hold), left, right, bar + Lanes.TRACK - 3.5, paint(own ? "--on-own" : "--ink"), 9);
      }
    }
  }

  // The queue as a staircase; its top is the longest that the page has.
  function queue(pen, lane) {
    const [from, to] = View.range().map(Axis.instantAt);
    const foot = y(lane) + lane.queueHeight;
    const unit = (lane.queueHeight - 3) / lane.longest;
    pen.fillStyle = Look.paint("--queue");
    const first = Math.max(0, d3.bisector(step => step[0]).right(lane.queue, from) - 1);
    // Steps within one pixel are drawn as the highest of them.
    let column = -1, most = 0;
    const flush = () => {
      if (most > 0) pen.fillRect(column, foot - most * unit, 1, most * unit);
      most = 0;
    };
    for (let i = first; i < lane.queue.length && lane.queue[i][0] <= to; i++) {
      const [at, length] = lane.queue[i];
      const left = Math.max(View.x(Axis.time(at)), View.gutter);
      const right = Math.min(i + 1 < lane.queue.length ? View.x(Axis.time(lane.queue[i + 1][0])) : left, View.width);
      if (Math.floor(left) !== column) {
        flush();
        column = Math.floor(left);
      }
      if (right - left < 1) most = Math.max(most, length);
      else pen.fillRect(left, foot - length * unit, right - left, length * unit);
    }
    flush();
  }

  let hatching = null;
  function hatch(pen, left, top, width, height) {
    if (width < 8) return;
    if (!hatching) {
      const tile = h("canvas", {width: 6, height: 6});
      const own = tile.getContext("2d");
      own.strokeStyle = "rgba(255,255,255,.3)";
      own.lineWidth = 1.2;
      for (const x of [-6, 0, 6]) {
        own.moveTo(x, 6);
        own.lineTo(x + 6, 0);
      }
      own.stroke();
      hatching = pen.createPattern(tile, "repeat");
    }
    pen.fillStyle = hatching;
    pen.fillRect(left, top, width, height);
  }

  // A part of a timeline in the colours of what it was spent on; waits are hatched.
  function piecewise(pen, part, top, height, named) {
    const start = Axis.time(part.start), stop = Axis.time(part.stop);
    const left = View.x(start), right = View.x(stop);
    if (right < View.gutter || left > View.width) return;
    let at = left;
    for (const piece of Look.pieces(part)) {
      const end = at + (right - left) * piece.nanos / part.nanos;
      const from = Math.max(at, View.gutter), to = Math.min(end, View.width);
      if (to - from > 0.3) {
        pen.fillStyle = Look.paint(Look.variable(piece.key));
        pen.fillRect(from, top, to - from, height);
        if (Look.kind(piece.key) === "wait") hatch(pen, from, top, to - from, height);
      }
      at = end;
    }
    if (named && part.kind !== "serve" && right - left > 60) {
      label(pen, part.what, left, right, top + height - 3.5, Look.paint("--on-part"), 10);
    }
  }

  function timeline(pen, lane, request) {
    const left = View.x(Axis.time(request.planned)), right = View.x(Axis.time(request.ended));
    if (right < View.gutter || left > View.width) return;
    const dimmed = State.request && State.request !== request;
    pen.globalAlpha = dimmed ? 0.35 : 1;
    request.path.forEach(part => piecewise(pen, part, y(lane) + 5, lane.height - 10, lane.label !== ""));
    pen.globalAlpha = 1;
    if (lane.label === "" && right - left > 56) label(pen, request.name, left, right, y(lane) + lane.height - 8.5, Look.paint("--on-part"), 10);
    if (right - left < 120 || dimmed) return;
    pen.fillStyle = Look.paint("--ink");
    for (const mark of Lanes.marks.get(request.number) ?? []) {
      const at = View.x(Axis.time(mark.at));
      if (at < View.gutter || at > View.width) continue;
      pen.fillRect(at - 0.5, y(lane) + 2, 1.5, lane.height - 4);
    }
  }

  // From part to part of the selected request's path, each on the lane of its resource.
  function criticalPath(pen) {
    const request = State.request;
    if (!request?.path) return;
    pen.strokeStyle = Look.paint("--path");
    pen.fillStyle = Look.paint("--path");
    const own = Lanes.ofRequest.get(request.number);
    let last = null;
    for (const part of request.path) {
      const lane = Lanes.resourceNamed.get(part.resource) ?? own;
      if (!lane || lane.y < 0) continue;
      const left = View.x(Axis.time(part.start)), right = View.x(Axis.time(part.stop));
      const at = y(lane) + lane.height - 1.5;
      const from = Math.max(left, View.gutter), to = Math.min(right, View.width);
      if (to >= from) {
        const chosen = State.part === part;
        pen.fillRect(from, at - (chosen ? 2.5 : 1), Math.max(to - from, 1), chosen ? 5 : 2.5);
        if (chosen) {
          pen.lineWidth = 1.5;
          pen.strokeRect(from, y(lane) + 1, Math.max(to - from, 2), lane.height - 3);
        }
      }
      if (last !== null && left >= View.gutter && left <= View.width) {
        pen.fillRect(left - 0.6, Math.min(last, at), 1.2, Math.abs(at - last));
      }
      last = at;
    }
  }

  function lanes(pen) {
    background(pen);
    pen.save();
    pen.beginPath();
    pen.rect(View.gutter, 0, View.width - View.gutter, View.height);
    pen.clip();
    for (const lane of Lanes.all) {
      if (!inView(lane)) continue;
      if (lane.kind === "resource") {
        if (lane.longest > 0) queue(pen, lane);
        holds(pen, lane);
      } else if (lane.kind === "request") {
        lane.requests.forEach(request => timeline(pen, lane, request));
      }
    }
    criticalPath(pen);
    pen.restore();
  }

  // Last, over whatever reaches into them.
  function names(pen) {
    const {paint} = Look;
    pen.fillStyle = paint("--paper");
    pen.fillRect(0, 0, View.gutter, View.height);
    pen.fillStyle = paint("--rule");
    pen.fillRect(View.gutter - 1, 0, 1, View.height);
    for (const lane of Lanes.all) {
      if (y(lane) + lane.height < 0 || y(lane) > View.height) continue;
      if (lane.kind === "head") {
        pen.fillStyle = paint("--wash");
        pen.fillRect(0, y(lane), View.width, lane.height - 1);
        pen.fillStyle = paint("--quiet");
        pen.font = font(11, 600);
        pen.fillText((lane.group.open ? "▾ " : "▸ ") + lane.label, 8, y(lane) + 15);
        continue;
      }
      const strong = lane.kind === "request" && State.request?.number === lane.key
        || lane.kind === "actor" && State.message >= 0
          && (Trace.receiver[State.message] === lane.key || Trace.sender[State.message] === lane.key);
      pen.font = font(12, strong ? 700 : 400);
      pen.fillStyle = paint(strong ? "--ink" : "--label");
      const series = lane.kind === "request" && lane.label ? Look.series(Trace.requests[lane.key]) : null;
      pen.fillText(fit(pen, lane.label, View.gutter - (series ? 34 : 22)), series ? 24 : 12, middle(lane) + 4);
      if (series) {
        pen.fillStyle = paint(series);
        pen.fillRect(10, middle(lane) - 4, 8, 8);
      }
      if (lane.kind !== "actor") {
        pen.fillStyle = paint("--hair");
        pen.fillRect(0, Math.round(y(lane) + lane.height) - 1, View.gutter, 1);
      }
    }
  }

  return {lanes, names, y, inView, middle, font, label};
})();
