"use strict";
// The lanes from top to bottom: requests, resources, actors, those that matter first.

const Lanes = (() => {
  const ROW = 22, TRACK = 11, HEAD = 22, QUEUE = 16, MOST_TRACKS = 8, MOST_REQUESTS = 12, FAMILY = 6;

  const short = path => path.slice(path.lastIndexOf("/") + 1) || path;

  // A lane each; many share lanes, where none overlaps another.
  function requestLanes() {
    const lane = r => ({kind: "request", key: r.number, label: r.name, title: r.title, height: ROW + 2, requests: [r]});
    if (Trace.shown.length <= MOST_REQUESTS) return Trace.shown.map(lane);
    const lanes = [];
    for (const r of [...Trace.shown].sort((a, b) => a.planned - b.planned)) {
      const free = lanes.find(lane => lane.requests.at(-1).ended < r.planned);
      if (free) free.requests.push(r);
      else lanes.push({...lane(r), label: "", title: "Several, one after the other"});
    }
    return lanes;
  }

  // A track for each hold, such that those on one never overlap.
  function tracks(holds) {
    const ends = [];
    return holds.map(hold => {
      let track = ends.findIndex(end => end <= hold.start);
      if (track < 0) track = ends.length < MOST_TRACKS ? ends.push(0) - 1 : MOST_TRACKS - 1;
      ends[track] = Math.max(ends[track], hold.stop);
      return track;
    });
  }

  // How many waited from which instant on.
  function queue(holds) {
    const changes = [];
    for (const hold of holds.filter(hold => hold.start > hold.queued)) {
      changes.push([hold.queued, 1], [hold.start, -1]);
    }
    changes.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const steps = [];
    let length = 0;
    for (const [at, change] of changes) {
      length += change;
      if (steps.length && steps.at(-1)[0] === at) steps.at(-1)[1] = length;
      else steps.push([at, length]);
    }
    return steps;
  }

  function filled(lane) {
    lane.holds.sort((a, b) => a.start - b.start || a.stop - b.stop);
    lane.track = tracks(lane.holds);
    lane.tracks = lane.track.reduce((most, track) => Math.max(most, track + 1), 1);
    lane.queue = queue(lane.holds);
    lane.longest = lane.queue.reduce((most, step) => Math.max(most, step[1]), 0);
    lane.queueHeight = lane.longest > 0 ? QUEUE : 0;
    lane.height = Math.max(ROW, lane.tracks * TRACK + lane.queueHeight + 5);
    // Ends of all holds up to each: where a search from the left may begin.
    let latest = -Infinity;
    lane.ends = Float64Array.from(lane.holds, hold => latest = Math.max(latest, hold.stop));
    return lane;
  }

  // A lane for each resource; beside them one for each family of many, shown while no request is chosen.
  function resourceLanes() {
    const lanes = Trace.resources.map((resource, number) => ({kind: "resource", key: number, label: resource.name,
      title: `${resource.name}, ${resource.capacity === 1 ? "one holder" : `up to ${resource.capacity} holders`}`,
      group: resource.group, family: null, holds: [], height: 0, blamed: 0}));
    Trace.holds.forEach(hold => lanes[hold.resource].holds.push(hold));
    const byName = new Map(lanes.map(lane => [lane.label, lane]));
    for (const part of Trace.shown.flatMap(r => r.path)) {
      const lane = byName.get(part.resource);
      if (lane) lane.blamed += part.nanos;
    }
    const used = lanes.filter(lane => lane.holds.length > 0 || lane.blamed > 0);
    const families = [];
    for (const [group, members] of d3.group(used, lane => lane.group)) {
      if (members.length <= FAMILY) continue;
      const family = {kind: "resource", key: -1, label: `${group} · ${members.length}`, title: `${members.length} resources of the family ${group}`,
        group, family: null, holds: members.flatMap(lane => lane.holds), blamed: d3.sum(members, lane => lane.blamed)};
      members.forEach(lane => { lane.family = family; });
      families.push(family);
    }
    return [...used, ...families].map(filled).sort((a, b) => b.blamed - a.blamed || a.key - b.key);
  }

  // Actors in the order in which they first take part in a shown request, then by their messages.
  function actorLanes() {
    const lanes = Trace.actors.map((path, number) => ({kind: "actor", key: number, label: short(path), title: path,
      height: ROW, first: Infinity, messages: 0}));
    for (let i = 0; i < Trace.size; i++) {
      const request = Trace.request[i];
      const own = request >= 0 && Trace.requests[request].path && !Trace.window;
      for (const actor of [Trace.sender[i], Trace.receiver[i]]) {
        if (actor < 0) continue;
        lanes[actor].messages++;
        if (own && lanes[actor].first === Infinity) lanes[actor].first = i;
      }
    }
    const rank = lane => lane.first;
    return lanes.sort((a, b) => rank(a) === rank(b) ? b.messages - a.messages || a.key - b.key : rank(a) - rank(b));
  }

  const groups = [
    {name: "request", head: Trace.shown.every(r => /^launch /.test(r.name)) ? "Launches" : "Requests", lanes: requestLanes(), count: Trace.shown.length},
    {name: "resource", head: "Resources", lanes: resourceLanes()},
    {name: "actor", head: "Actors", lanes: actorLanes()},
  ].map(group => ({...group, open: true}));

  const ofRequest = new Map(groups[0].lanes.flatMap(lane => lane.requests.map(r => [r.number, lane])));
  const marks = d3.group(Trace.marks, mark => mark.request);
  const resourceNamed = new Map(groups[1].lanes.map(lane => [lane.label, lane]));
  const actorLane = new Array(Trace.actors.length);
  groups[2].lanes.forEach(lane => { actorLane[lane.key] = lane; });

  let all = [];
  let height = 0;

  // What a request waited for, was served by or held; of a page's only request, whatever is there. While none is
  // chosen, families stand for their many members.
  function concerning(request) {
    if (!request) return lane => lane.family === null;
    if (Trace.shown.length === 1) return lane => lane.key >= 0;
    const numbers = new Set(Trace.holds.filter(hold => hold.request === request.number).map(hold => hold.resource));
    const names = new Set(request.path.map(part => part.resource));
    return lane => numbers.has(lane.key) || names.has(lane.label);
  }

  // Places the lanes. Actors without a visible message, what the chosen request has nothing to do with, and what is
  // folded have none.
  function lay(visible, request) {
    const active = new Uint8Array(Trace.actors.length);
    for (let i = 0; i < Trace.size; i++) {
      if (!visible[i]) continue;
      active[Trace.receiver[i]] = 1;
      if (Trace.sender[i] >= 0) active[Trace.sender[i]] = 1;
    }
    const concerns = concerning(request);
    all = [];
    height = 0;
    for (const group of groups) {
      group.lanes.forEach(lane => { lane.y = -1; });
      const lanes = group.lanes.filter(lane => lane.kind === "actor" ? active[lane.key]
        : lane.kind === "request" || concerns(lane));
      if (lanes.length === 0) continue;
      all.push({kind: "head", group, label: `${group.head} · ${Format.count(group.count ?? lanes.length)}`, y: height, height: HEAD});
      height += HEAD;
      if (!group.open) continue;
      for (const lane of lanes) {
        lane.y = height;
        height += lane.height;
        all.push(lane);
      }
    }
  }

  // The lane at that height.
  const at = y => all[d3.bisector(lane => lane.y).right(all, y) - 1] ?? null;

  return {lay, at, ofRequest, marks, resourceNamed, actorLane, TRACK, short, groups,
    get all() { return all; }, get height() { return height; }};
})();
