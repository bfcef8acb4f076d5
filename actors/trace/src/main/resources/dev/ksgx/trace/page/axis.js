"use strict";
// What runs from left to right: virtual time, or the order of handling. Handlers take no virtual time, so
// many messages share an instant; in order each has a step of its own, and a gap stands between instants.

const Axis = (() => {
  let ordered = false;
  let position = new Float64Array(0); // of each message, in order
  let instants = new Float64Array(0); // that visible messages have, ascending
  let starts = new Float64Array(0);   // where the block of an instant starts and stops, in order
  let stops = new Float64Array(0);
  const GAP = 1;

  // Lays out the visible messages; one that is hidden has the place of the next that is not.
  function lay(visible) {
    position = new Float64Array(Trace.size);
    const at = [], from = [], to = [];
    let place = GAP, instant = NaN;
    for (let i = 0; i < Trace.size; i++) {
      if (!visible[i]) {
        position[i] = place + 0.5;
        continue;
      }
      if (Trace.handled[i] !== instant) {
        if (at.length) { to.push(place); place += GAP; }
        instant = Trace.handled[i];
        at.push(instant);
        from.push(place);
      }
      position[i] = place + 0.5;
      place += 1;
    }
    if (at.length) to.push(place);
    instants = Float64Array.from(at);
    starts = Float64Array.from(from);
    stops = Float64Array.from(to);
  }

  // Where an instant is, in order: in the middle of its block, or in the gap between two.
  function inOrder(nanos) {
    const n = instants.length;
    if (n === 0) return 0;
    const i = Trace.atLeast(instants, nanos);
    if (i < n && instants[i] === nanos) return (starts[i] + stops[i]) / 2;
    if (i === 0) return 0;
    if (i === n) return stops[n - 1] + GAP;
    const share = (nanos - instants[i - 1]) / (instants[i] - instants[i - 1]);
    return stops[i - 1] + share * (starts[i] - stops[i - 1]);
  }

  const time = nanos => ordered ? inOrder(nanos) : nanos;
  const places = () => ordered ? position : Trace.handled; // of all messages
  const message = i => places()[i];

  // Where a message was sent: at its cause, if the page has it.
  function origin(i) {
    const cause = Trace.cause[i];
    return cause < 0 ? time(Trace.sent[i]) : message(cause);
  }

  const extent = () => ordered
    ? [0, instants.length ? stops.at(-1) + GAP : 1]
    : pad(Trace.extent);
  const pad = ([from, to]) => {
    const rim = Math.max(to - from, 1) * 0.02;
    return [from - rim, to + rim];
  };
  const stretch = (from, to) => ordered ? [time(from) - GAP, time(to) + GAP] : pad([from, to]);

  // The instant that is drawn there; between two instants in order, the earlier.
  function instantAt(place) {
    if (!ordered) return place;
    const i = Math.max(0, Trace.above(starts, place) - 1);
    return instants.length ? instants[i] : 0;
  }

  // First and last message that may be handled between two places; all between are in order.
  function between(from, to) {
    return ordered
      ? [Trace.atLeast(position, from), Trace.above(position, to)]
      : [Trace.atLeast(Trace.handled, from), Trace.above(Trace.handled, to)];
  }

  // Whether no message from there on can have been sent before that place.
  const beyond = (i, place) => Trace.earliest[i] > (ordered ? instantAt(place) : place);

  // Blocks of instants between two places, as [instant, start, stop].
  function blocks(from, to) {
    const found = [];
    for (let i = Trace.atLeast(stops, from); i < instants.length && starts[i] <= to; i++) {
      found.push([instants[i], starts[i], stops[i], i]);
    }
    return found;
  }

  return {
    lay, time, places, message, origin, extent, stretch, instantAt, between, beyond, blocks,
    get ordered() { return ordered; },
    set ordered(value) { ordered = value; },
  };
})();
