"use strict";
// Search and filters. All words must be found: in the type, the actors, the request or the fields of a message.

const Search = (() => {
  const box = document.getElementById("search");
  const found = document.getElementById("found");
  const list = document.getElementById("hits");
  const MOST = 100;

  // For each name whether it has that word, in small letters.
  const having = (names, word) => Uint8Array.from(names, name => name.toLowerCase().includes(word));

  function tester(word) {
    const id = word.match(/^#?m(\d+)$/);
    if (id) return i => Trace.id[i] === Number(id[1]);
    const types = having(Trace.types, word);
    const actors = having(Trace.actors, word);
    const requests = Uint8Array.from(Trace.requests, r => r.name.replace(" ", "-") === word || r.anchor === word || r.id === word);
    const names = Uint8Array.from(Trace.shapes, names => names.some(name => name.toLowerCase() === word));
    const pair = /^\w+=-?\d+$/.test(word), value = /^-?\d+$/.test(word);
    const fields = i => names[Trace.shape[i]]
      || (pair || value) && Trace.values(i).some(([name, v]) => (pair ? `${name}=${v}`.toLowerCase() : v) === word);
    return i => types[Trace.type[i]] || actors[Trace.receiver[i]]
      || Trace.sender[i] >= 0 && actors[Trace.sender[i]] || Trace.request[i] >= 0 && requests[Trace.request[i]] || fields(i);
  }

  function matches(text) {
    // "launch 17" is one name.
    const words = text.toLowerCase().replace(/\b(launch|request) (\d+)\b/g, "$1-$2").split(/\s+/).filter(word => word);
    if (words.length === 0) return [];
    const tests = words.map(tester);
    const hits = [];
    for (let i = 0; i < Trace.size; i++) if (State.passes(i) && tests.every(test => test(i))) hits.push(i);
    return hits;
  }

  function show() {
    const {hits, hit} = State;
    const asked = box.value.trim() !== "";
    found.textContent = !asked ? "" : hits.length === 0 ? "no hits"
      : hit >= 0 ? `${Format.count(hit + 1)} of ${Format.count(hits.length)}` : `${Format.count(hits.length)} hit${hits.length === 1 ? "" : "s"}`;
    for (const button of document.querySelectorAll(".hit-step")) button.disabled = hits.length === 0;
    list.hidden = hits.length === 0;
    const first = Math.max(0, Math.min(hit - 20, hits.length - MOST));
    list.replaceChildren(...hits.slice(first, first + MOST).map((i, n) => h("li", {class: first + n === hit ? "chosen" : null}, Panel.line(i))),
      ...hits.length > MOST ? [h("li", {class: "note"}, `Here are ${MOST} of ${Format.count(hits.length)}; n and p step through all.`)] : []);
    const chosen = list.querySelector(".chosen");
    if (chosen) list.scrollTop = chosen.offsetTop - list.offsetTop - 40;
  }

  function run() {
    State.hits = matches(box.value);
    State.hit = State.hits.indexOf(State.message);
    show();
    View.redraw();
  }

  function step(by) {
    const {length} = State.hits;
    if (length === 0) return;
    const from = State.hit >= 0 ? State.hit : by > 0 ? -1 : 0;
    Page.go(`m${Trace.id[State.hits[(from + by + length) % length]]}`);
  }

  // Follows what is chosen otherwise.
  function follow() {
    State.hit = State.hits.indexOf(State.message);
    show();
  }

  function filters() {
    const counted = (of, n) => {
      const counts = new Array(n).fill(0);
      for (let i = 0; i < Trace.size; i++) new Set(of(i)).forEach(k => { if (k >= 0) counts[k]++; });
      return counts;
    };
    const fill = (name, any, names, of) => {
      const counts = counted(of, names.length);
      const order = names.map((_, k) => k).filter(k => counts[k] > 0).sort((a, b) => names[a].localeCompare(names[b], "en", {numeric: true}));
      const box = document.querySelector(`select[name=${name}]`);
      box.append(h("option", {value: "-1"}, any), ...order.map(k => h("option", {value: k}, `${names[k]} (${Format.count(counts[k])})`)));
      box.addEventListener("change", () => {
        State.filter[name] = Number(box.value);
        Page.sifted();
        run();
      });
    };
    fill("type", "any type", Trace.types, i => [Trace.type[i]]);
    fill("actor", "any actor", Trace.actors, i => [Trace.sender[i], Trace.receiver[i]]);
    fill("request", "any request", Trace.requests.map(r => r.name), i => [Trace.request[i]]);
  }

  function clear() {
    box.value = "";
    for (const name of Object.keys(State.filter)) {
      State.filter[name] = -1;
      document.querySelector(`select[name=${name}]`).value = "-1";
    }
    Page.sifted();
    run();
  }

  box.addEventListener("input", run);
  box.addEventListener("keydown", event => {
    if (event.key === "Enter" || event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowUp" || event.shiftKey ? -1 : 1);
    }
  });
  box.form.addEventListener("submit", event => event.preventDefault());
  document.getElementById("next").addEventListener("click", () => step(1));
  document.getElementById("previous").addEventListener("click", () => step(-1));
  document.getElementById("clear").addEventListener("click", clear);
  filters();
  return {run, step, follow, clear, box};
})();
