"use strict";
// The panel: all requests, one request, or one message.

const Panel = (() => {
  const place = document.getElementById("panel");
  const FEW = 20, ENDS = 30;

  const link = i => h("a", {href: `#m${Trace.id[i]}`, class: "id"}, `m${Trace.id[i]}`);
  const requestLink = r => r.path ? h("a", {href: "#" + r.anchor}, r.title) : r.title;
  const row = (name, ...value) => [h("dt", {}, name), h("dd", {}, ...value)];

  // A message in one line, as in a terminal.
  function line(i) {
    const fields = Trace.fieldText(i);
    return [link(i), " ", h("span", {class: "number"}, Format.micros(Trace.handled[i])), " ",
      h("span", {class: "type"}, Trace.types[Trace.type[i]]), fields ? h("span", {class: "aside"}, `(${fields})`) : null,
      h("span", {class: "way"}, `${Trace.from(i)} → ${Trace.actors[Trace.receiver[i]]}`)];
  }

  // The first of many, the rest on demand.
  function some(items, few, render) {
    const list = h("ol", {class: "messages"}, items.slice(0, few).map(render));
    const left = items.slice(few);
    if (left.length === 0) return list;
    const more = h("button", {type: "button", class: "plain", onclick: () => {
      more.remove();
      list.append(...left.map(render));
    }}, `${Format.count(left.length)} more`);
    return h("div", {}, list, more);
  }

  function cause(i) {
    const known = Trace.cause[i] >= 0;
    const it = known ? line(Trace.cause[i]) : [`m${Trace.causeId[i]}, which is not on this page`];
    if (Trace.causeId[i] === 0) return [`none: ${Trace.origin[i] < 0 ? "from outside" : Trace.origins[Trace.origin[i]]}`];
    return Trace.isRoot(i) ? [`none: ${Trace.origins[Trace.origin[i]]}; timer set by `, it] : it;
  }

  // How the chain ends.
  function root(links) {
    const last = links.at(-1);
    if (!Trace.isRoot(last)) return `The chain goes on before this page, with m${Trace.causeId[last]}.`;
    return `m${Trace.id[last]} is a root (${Trace.origin[last] < 0 ? "outside" : Trace.origins[Trace.origin[last]]}): nothing in the model caused it.`;
  }

  // The nearest and the first causes; those between on demand.
  function chain(links) {
    const causes = links.slice(1);
    const item = i => h("li", {}, line(i));
    if (causes.length <= 2 * ENDS) return h("ol", {class: "messages chain"}, causes.map(item));
    const between = causes.slice(ENDS, -ENDS);
    const gap = h("li", {}, h("button", {type: "button", class: "plain",
      onclick: () => gap.replaceWith(...between.map(item))}, `${Format.count(between.length)} more`));
    return h("ol", {class: "messages chain"}, causes.slice(0, ENDS).map(item), gap, causes.slice(-ENDS).map(item));
  }

  function message(i) {
    const request = Trace.requests[Trace.request[i]];
    const effects = [...Trace.effects(i)];
    const fields = Trace.fields(i);
    const timer = Trace.sent[i] - Trace.scheduled[i];
    return [
      crumbs(State.request),
      h("h2", {}, h("span", {class: "id"}, `m${Trace.id[i]}`), " ", h("span", {class: "type"}, Trace.types[Trace.type[i]])),
      h("dl", {class: "facts"},
        row("from", Trace.from(i)),
        row("to", Trace.actors[Trace.receiver[i]]),
        row("sent", Format.us(Trace.sent[i]), timer > 0 ? h("span", {class: "aside"}, ` by a timer set ${Format.us(timer)} before`) : null),
        row("handled", Format.us(Trace.handled[i])),
        request ? row("request", requestLink(request), h("span", {class: "aside"}, request.name.endsWith(request.id) ? "" : ` (request ${request.id})`)) : null,
        fields.length ? row("fields", fields.map(pair => [h("code", {}, pair.join("=")), " "])) : null,
        row("cause", ...cause(i)),
        during(request, i)),
      h("div", {class: "steps"},
        step("Cause", "c", Trace.cause[i]), step("Effect", "e", effects[0] ?? -1),
        step("Earlier", ",", Page.beside(i, -1)), step("Later", ".", Page.beside(i, 1))),
      h("h3", {}, `Effects: ${Format.count(effects.length)}`),
      effects.length ? some(effects, FEW, e => h("li", {}, line(e))) : h("p", {class: "note"}, "It brought about nothing that this page has."),
      h("h3", {}, `Why: ${Format.count(State.chain.length - 1)} causes back`),
      State.chain.length > 1 ? chain(State.chain) : null,
      h("p", {class: "note"}, root(State.chain)),
    ];
  }

  // What the request was doing on its critical path at that instant.
  function during(request, i) {
    const part = request?.path?.findLast(part => part.start <= Trace.handled[i] && Trace.handled[i] <= part.stop);
    return part ? row("meanwhile", h("button", {type: "button", class: "plain", onclick: () => Page.go(request.anchor, part)},
      Blame.swatch(Blame.main(part)), Blame.words(part))) : null;
  }

  function step(name, key, to) {
    return h("button", {type: "button", disabled: to < 0, onclick: () => Page.go(`m${Trace.id[to]}`)}, name, " ", h("kbd", {}, key));
  }

  function crumbs(request) {
    if (!request && Trace.shown.length === 0) return null;
    return h("nav", {class: "crumbs", "aria-label": "Up"},
      Trace.shown.length > 1 || State.request === null || !request ? h("a", {href: "#"}, "All") : null,
      request ? h("a", {href: "#" + request.anchor}, request.name) : null);
  }

  function request(r) {
    const messages = Trace.messagesOf[r.number];
    const n = Trace.shown.indexOf(r);
    const beside = [["Previous", Trace.shown[n - 1]], ["Next", Trace.shown[n + 1]]];
    return [
      Trace.shown.length > 1 ? h("nav", {class: "crumbs", "aria-label": "Up"}, h("a", {href: "#"}, "All"),
        beside.map(([name, other]) => other ? h("a", {href: "#" + other.anchor}, `${name}: ${other.name}`) : null)) : null,
      h("h2", {}, r.underWay ? `${r.name} was under way when the trace ended, after ${Format.us(r.latency)}` : `${r.name} took ${Format.us(r.latency)}`),
      h("dl", {class: "facts"},
        row("planned", Format.us(r.planned)),
        row("ended", r.underWay ? "not in this trace" : Format.us(r.ended)),
        row("request", r.id),
        messages.length ? row("messages", `${Format.count(messages.length)}, from `, link(messages[0]), " to ", link(messages.at(-1)))
          : row("messages", "none recorded")),
      Blame.bar(r, r.latency, true),
      Blame.legend([r]),
      h("h3", {}, `Critical path: ${r.path.length} parts`),
      h("p", {class: "note"}, "In order of time; they sum to the latency exactly. Of two parallel parts the later one is to blame."),
      Blame.path(r),
    ];
  }

  function overview() {
    const most = Math.max(...Trace.shown.map(r => r.latency), 1);
    return [
      h("h2", {}, Trace.title),
      h("p", {class: "note"}, `${Format.count(Trace.size - Trace.contexts)} messages`,
        Trace.contexts ? `, and ${Format.count(Trace.contexts)} before them in their chains of causes` : "", ".",
        Trace.window ? "" : " Who held a resource is shown while these requests lasted."),
      Trace.shown.length ? h("ul", {class: "requests"}, [...Trace.shown].sort((a, b) => b.latency - a.latency).slice(0, 200).map(r => h("li", {},
        h("a", {href: "#" + r.anchor, class: "request"},
          h("span", {}, Look.series(r) ? h("span", {class: "swatch", style: `background-color: var(${Look.series(r)})`}) : null, r.title),
          h("span", {class: "number"}, Format.us(r.latency))),
        Blame.bar(r, most)))) : h("p", {}, "No request that has a name is on this page."),
      Trace.shown.length > 200 ? h("p", {class: "note"}, `The 200 slowest of ${Format.count(Trace.shown.length)}.`) : null,
      Trace.shown.length ? [h("h3", {}, "Where the time went"), Blame.legend(Trace.shown)] : null,
    ];
  }

  function show() {
    const content = State.message >= 0 ? message(State.message) : State.request ? request(State.request) : overview();
    place.replaceChildren(...content.flat(2).filter(part => part !== null));
    place.scrollTop = 0;
    // A phone scrolls the page, not the panel: there nothing jumps.
    const chosen = place.querySelector("li.chosen");
    if (chosen && place.scrollHeight > place.clientHeight) place.scrollTop = chosen.offsetTop - place.clientHeight / 3;
  }

  return {show, line};
})();
