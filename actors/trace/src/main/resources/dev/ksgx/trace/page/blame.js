"use strict";
// Where the time of a request went: bars, their legend, and the critical path part by part.

const Blame = (() => {
  const MOST_HOLDERS = 6;

  function byName(holders) {
    const sums = new Map();
    holders.forEach(([name, nanos]) => sums.set(name, (sums.get(name) ?? 0) + nanos));
    return [...sums];
  }

  const start = part => ({
    late: "not begun: whoever makes it was busy",
    wait: `waited for ${part.resource}`,
    serve: `served by ${part.resource}`,
    own: `waited for work of its own at ${part.resource}, done beside`,
    open: "not over at the end",
  })[part.kind];

  // Holders of what it waited for, or what its maker had in hand.
  const lead = part => part.kind === "late" ? "with" : "held by";

  const listed = pairs => pairs.map(([name, nanos]) => `${name} (${Format.micros(nanos)})`).join(", ");

  // The words of a terminal.
  function words(part) {
    const holders = byName(part.holders);
    const left = holders.length - MOST_HOLDERS;
    return start(part)
      + (part.split.length ? ` (${part.split.map(([label, nanos]) => `${label} ${Format.micros(nanos)}`).join(", ")})` : "")
      + (holders.length ? `, ${lead(part)} ${listed(holders.slice(0, MOST_HOLDERS))}${left > 0 ? ` and ${left} more` : ""}` : "");
  }

  const swatch = key => h("span", {class: `swatch ${Look.kind(key)}`, style: `background-color: ${Look.color(key)}`});

  // What most of a part was spent on.
  const main = part => Look.pieces(part).sort((a, b) => b.nanos - a.nanos)[0]?.key ?? part.what;

  // The parts in order of time; its width says how long the request took.
  function bar(request, most, chosen) {
    return h("span", {class: "stack", style: `width: ${(100 * request.latency / most).toFixed(2)}%`, "aria-hidden": "true"},
      request.path.flatMap(part => Look.pieces(part).map(piece => h("span", {
        class: `${Look.kind(piece.key)}${chosen ? " pick" : ""}`,
        style: `flex-grow: ${piece.nanos}; background-color: ${Look.color(piece.key)}`,
        title: `${piece.key}: ${Format.us(piece.nanos)}`,
        onclick: event => { event.preventDefault(); event.stopPropagation(); Page.go(request.anchor, part); }}))));
  }

  function legend(requests) {
    const sums = Look.totals(requests);
    const whole = requests.reduce((sum, r) => sum + r.latency, 0);
    return h("table", {class: "totals"},
      h("caption", {class: "unseen"}, "Time by what is to blame"),
      h("thead", {}, h("tr", {}, h("th", {scope: "col"}, "spent on"), h("th", {scope: "col", class: "number"}, "µs"),
        h("th", {scope: "col", class: "number"}, "share"))),
      h("tbody", {}, sums.map(([key, nanos]) => h("tr", {},
        h("th", {scope: "row"}, swatch(key), key),
        h("td", {class: "number"}, Format.micros(nanos)),
        h("td", {class: "number"}, Format.percent(nanos, whole))))),
      h("tfoot", {}, h("tr", {}, h("th", {scope: "row"}, "together"), h("td", {class: "number"}, Format.micros(whole)), h("td"))));
  }

  // Holders that the page shows are links.
  function holders(part) {
    const pairs = byName(part.holders);
    if (pairs.length === 0) return null;
    const one = ([name, nanos]) => {
      const request = Trace.named(name);
      return h("li", {}, request ? h("a", {href: "#" + request.anchor}, name) : name, h("span", {class: "number"}, Format.micros(nanos)));
    };
    const list = h("ul", {class: "holders"}, pairs.slice(0, MOST_HOLDERS).map(one));
    const left = pairs.slice(MOST_HOLDERS);
    if (left.length === 0) return list;
    const more = h("button", {type: "button", class: "plain", onclick: () => {
      more.remove();
      list.append(...left.map(one));
    }}, `and ${left.length} more`);
    return h("div", {}, list, more);
  }

  function path(request) {
    return h("ol", {class: "path"}, request.path.map(part => {
      const chosen = State.part === part;
      return h("li", {class: chosen ? "chosen" : null},
        h("button", {type: "button", class: "part", "aria-pressed": String(chosen),
          onclick: () => Page.go(request.anchor, chosen ? null : part)},
        swatch(main(part)),
        h("span", {class: "what"}, start(part), part.split.length
          ? h("span", {class: "aside"}, " " + part.split.map(([label, nanos]) => `${label} ${Format.micros(nanos)}`).join(", ")) : null),
        h("span", {class: "number"}, Format.micros(part.nanos)),
        h("span", {class: "number share"}, Format.percent(part.nanos, request.latency)),
        h("span", {class: "from aside"}, `from ${Format.micros(part.start)}`)),
        part.holders.length ? h("div", {class: "held"}, h("span", {class: "aside"}, lead(part)), holders(part)) : null);
    }));
  }

  return {words, bar, legend, path, swatch, main};
})();
