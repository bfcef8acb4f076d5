"use strict";
// Puts the page together: links, keys, buttons.

const Page = (() => {
  const help = document.getElementById("help");
  let wanted = null; // the part that the next link chooses

  // What stands behind the # of the address; a person may have typed anything there.
  function linked() {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return location.hash.slice(1);
    }
  }

  // Chooses what a link names: #m1234, #launch-17, or nothing in particular.
  function choose() {
    const name = linked();
    const i = /^m\d+$/.test(name) ? Trace.find(Number(name.slice(1))) : -1;
    State.message = i;
    State.chain = i < 0 ? [] : Trace.chain(i);
    const own = i < 0 ? Trace.anchors.get(name) : Trace.requests[Trace.request[i]];
    // A chain of causes leads through requests that the page does not show: then the one it came from stays.
    State.request = own?.path ? own : i >= 0 ? State.request : name === "" && Trace.shown.length === 1 ? Trace.shown[0] : null;
    State.part = State.request?.path.includes(wanted) ? wanted : null;
    wanted = null;
    const missing = name !== "" && i < 0 && !own?.path;
    document.getElementById("missing").textContent = missing ? `${name} is not on this page.` : "";
    sifted();
    Panel.show();
    Search.follow();
    reveal();
    View.redraw();
  }

  function reveal() {
    if (State.message >= 0) {
      View.reveal(Axis.message(State.message), Lanes.actorLane[Trace.receiver[State.message]].y);
    } else if (State.part) {
      const {start, stop} = State.part;
      const rim = (stop - start) * 0.4 + 1;
      View.show(Axis.time(start - rim), Axis.time(stop + rim));
    } else if (State.request) {
      View.show(...Axis.stretch(State.request.planned, State.request.ended));
    }
  }

  // A link from elsewhere leads to its message close enough to see it: with the launch it belongs to, if that is shown.
  function arrive() {
    const [from, to] = View.range();
    const at = Axis.message(State.message);
    const rim = (to - from) / 100;
    if (State.request) fit();
    else View.show(at - rim, at + rim);
    reveal();
  }

  function go(name, part = null) {
    wanted = part;
    if (location.hash === "#" + name) choose();
    else location.hash = name;
  }

  // After a change of the filters.
  function sifted() {
    State.sift();
    View.span();
  }

  function fit() {
    const about = State.request ? [State.request.planned, State.request.ended] : Trace.focus;
    View.show(...Axis.stretch(...about));
  }

  // The visible message before or after that one.
  function beside(i, by) {
    for (let k = i + by; k >= 0 && k < Trace.size; k += by) if (State.visible[k]) return k;
    return -1;
  }

  function order(on) {
    const [from, to] = View.range().map(Axis.instantAt);
    Axis.ordered = on;
    document.querySelector(`input[name=axis][value=${on ? "order" : "time"}]`).checked = true;
    View.span();
    if (State.message >= 0) {
      const at = Axis.message(State.message);
      const half = on ? 20 : (Axis.extent()[1] - Axis.extent()[0]) / 40;
      View.show(at - half, at + half);
    } else {
      View.show(...Axis.stretch(from, to));
    }
  }

  function fold(group) {
    group.open = !group.open;
    sifted();
  }

  const to = i => i >= 0 && go(`m${Trace.id[i]}`);
  const ofMessage = act => () => State.message >= 0 && act(State.message);
  const keys = {
    "/": () => Search.box.select(),
    "?": () => help.showModal(),
    "+": () => View.zoomBy(1.5), "=": () => View.zoomBy(1.5), "w": () => View.zoomBy(1.5),
    "-": () => View.zoomBy(1 / 1.5), "s": () => View.zoomBy(1 / 1.5),
    "ArrowLeft": () => View.pan(-0.15), "a": () => View.pan(-0.15),
    "ArrowRight": () => View.pan(0.15), "d": () => View.pan(0.15),
    "ArrowUp": () => { View.scroller.scrollTop -= 60; }, "ArrowDown": () => { View.scroller.scrollTop += 60; },
    "f": fit, "0": () => View.show(...Axis.extent()),
    "o": () => order(!Axis.ordered),
    "c": ofMessage(i => to(Trace.cause[i])),
    "e": ofMessage(i => to(Trace.effects(i)[0] ?? -1)),
    ",": ofMessage(i => to(beside(i, -1))), ".": ofMessage(i => to(beside(i, 1))),
    "n": () => Search.step(1), "p": () => Search.step(-1),
    "l": () => State.request && go(State.request.anchor),
    "Escape": () => go(State.message >= 0 && State.request ? State.request.anchor : ""),
  };

  addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const field = event.target.closest?.("input:not([type=radio]), select, textarea");
    if (field) {
      if (event.key === "Escape") field.blur();
      return;
    }
    // Where the keyboard is in the panel, arrows scroll it.
    if (event.key.startsWith("Arrow") && event.target.closest?.("#panel, #hits, input")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    Pointer.hide();
    act();
  });

  const press = (id, act) => document.getElementById(id).addEventListener("click", act);
  press("closer", () => View.zoomBy(2));
  press("wider", () => View.zoomBy(0.5));
  press("fit", fit);
  press("open-help", () => help.showModal());
  document.querySelectorAll("input[name=axis]").forEach(box =>
    box.addEventListener("change", () => order(box.value === "order")));
  addEventListener("hashchange", choose);

  function begin() {
    document.getElementById("page").hidden = false;
    document.querySelector("input[name=axis][value=time]").checked = true;
    if (innerWidth < 768) document.querySelector(".filters").open = false;
    State.sift();
    const note = document.getElementById("note");
    View.painters(Drawing.lanes, Arrows.messages, Drawing.names, () => { note.textContent = Arrows.note; });
    View.resize();
    View.show(...Axis.stretch(...Trace.focus));
    choose();
    if (State.message >= 0) arrive();
    View.draw();
  }

  return {go, sifted, beside, fold, begin};
})();

Page.begin();
