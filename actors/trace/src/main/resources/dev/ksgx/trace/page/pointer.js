"use strict";
// What is under the pointer: a tip says it, a click chooses it.

const Pointer = (() => {
  const tip = document.getElementById("tip");
  const NEAR = 7;

  function distance(px, py, {x1, y1, x2, y2}) {
    const dx = x2 - x1, dy = y2 - y1;
    const share = Math.max(0, Math.min(1, ((px - x1) * dx + (py - y1) * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(px - x1 - share * dx, py - y1 - share * dy);
  }

  // Where only their density is drawn: those handled about there.
  function nearby(px) {
    const [first, last] = Axis.between(View.place(px - NEAR), View.place(px + NEAR));
    return d3.range(first, last).filter(i => State.visible[i]);
  }

  // Messages there, the nearest first: those handled on that spot before those that pass by.
  function messages(px, py) {
    const found = [];
    for (const i of Arrows.inView(Arrows.MOST) ?? nearby(px)) {
      const ends = Arrows.ends(i);
      if (!ends) continue;
      const spot = Math.hypot(px - ends.x2, py - ends.y2);
      if (spot <= NEAR) found.push({i, far: spot - 2 * NEAR});
      else {
        const line = distance(px, py, ends);
        if (line <= NEAR - 2) found.push({i, far: line});
      }
    }
    return found.sort((a, b) => a.far - b.far || a.i - b.i).map(one => one.i);
  }

  function holdAt(lane, px, py) {
    const track = Math.floor((py - Drawing.y(lane) - lane.queueHeight - 2) / Lanes.TRACK);
    return lane.holds.find((hold, i) => lane.track[i] === track
      && View.x(Axis.time(hold.start)) <= px + 1 && View.x(Axis.time(hold.stop)) >= px - 1) ?? null;
  }

  function waiters(lane, nanos) {
    const step = lane.queue[d3.bisector(step => step[0]).right(lane.queue, nanos) - 1];
    return step ? step[1] : 0;
  }

  // What stands there, the most particular first.
  function under(px, py) {
    const lane = Lanes.at(py + View.top);
    if (px <= View.gutter || lane?.kind === "head") return {lane};
    const nanos = Math.round(Axis.instantAt(View.place(px)));
    if (lane?.kind === "resource") return {lane, nanos, hold: holdAt(lane, px, py), queue: waiters(lane, nanos)};
    if (lane?.kind === "request") {
      const at = View.place(px);
      const request = lane.requests.find(r => Axis.time(r.planned) <= at && at <= Axis.time(r.ended)) ?? null;
      return {lane, nanos, request, part: !request ? null : request.path.find(part => Axis.time(part.start) <= at && at <= Axis.time(part.stop)) ?? null};
    }
    return {lane, nanos, messages: messages(px, py)};
  }

  const line = i => `m${Trace.id[i]} ${Format.brief(Trace.types[Trace.type[i]])}  ${Lanes.short(Trace.from(i))} → ${Lanes.short(Trace.actors[Trace.receiver[i]])}`;

  function words(what) {
    const {lane} = what;
    if (!lane) return [];
    if (lane.kind === "head") return [lane.group.open ? "Click to fold" : "Click to unfold"];
    if (what.messages?.length) {
      const shown = what.messages.slice(0, 6).map(line);
      const left = what.messages.length - shown.length;
      if (left > 0) shown.push(`and ${left} more; zoom in, or key o for their order`);
      return [Format.us(Trace.handled[what.messages[0]]), ...shown];
    }
    if (what.hold) {
      const {start, stop, queued} = what.hold;
      return [`${Trace.resources[what.hold.resource].name} held by ${Trace.holder(what.hold)}`, `${Format.us(stop - start)} from ${Format.micros(start)}`,
        start > queued ? `after a wait of ${Format.us(start - queued)}` : null];
    }
    if (what.part) return [what.request.name, Blame.words(what.part), `${Format.us(what.part.nanos)} from ${Format.micros(what.part.start)}`];
    return [lane.title, lane.longest ? `${what.queue ?? 0} waiting here, ${lane.longest} at most` : null];
  }

  function move(event) {
    if (event.buttons) return hide();
    const what = under(event.offsetX, event.offsetY);
    const lines = words(what).filter(text => text !== null);
    View.canvas.style.cursor = what.messages?.length || what.part || what.lane?.kind === "head"
      || what.hold && Trace.requests[what.hold.request]?.path ? "pointer" : event.offsetX > View.gutter ? "grab" : "default";
    if (lines.length === 0) return hide();
    tip.replaceChildren(...lines.map((text, n) => h("div", {class: n === 0 ? "first" : null}, text)));
    tip.hidden = false;
    const stage = View.canvas.getBoundingClientRect();
    const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    const below = event.clientY + 18 + tip.offsetHeight < stage.bottom;
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = (below ? event.clientY + 18 : event.clientY - tip.offsetHeight - 12) + "px";
  }

  function hide() {
    tip.hidden = true;
  }

  // A second click on the same spot chooses the next message there.
  function click(event) {
    const what = under(event.offsetX, event.offsetY);
    hide();
    if (what.lane?.kind === "head") return Page.fold(what.lane.group);
    if (what.messages?.length) {
      const at = what.messages.indexOf(State.message);
      return Page.go(`m${Trace.id[what.messages[(at + 1) % what.messages.length]]}`);
    }
    const request = what.request ?? (what.hold ? Trace.requests[what.hold.request] : null)
      ?? (what.lane?.kind === "request" && what.lane.label ? what.lane.requests[0] : null);
    if (request?.path) Page.go(request.anchor, what.part ?? null);
  }

  View.canvas.addEventListener("pointermove", move);
  View.canvas.addEventListener("pointerleave", hide);
  View.canvas.addEventListener("click", click);
  return {under, hide};
})();
