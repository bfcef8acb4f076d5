"use strict";
// What its reader has chosen on the page.

const State = {
  message: -1,    // index
  request: null,  // one of Trace.requests
  part: null,     // of the request's path
  chain: [],      // the message and its causes
  hits: [],       // of the search, in order
  hit: -1,        // which of them is looked at
  filter: {type: -1, actor: -1, request: -1},
  visible: new Uint8Array(Trace.size),
  count: 0,       // how many are visible

  passes(i) {
    const {type, actor, request} = this.filter;
    return (type < 0 || Trace.type[i] === type)
      && (actor < 0 || Trace.receiver[i] === actor || Trace.sender[i] === actor)
      && (request < 0 || Trace.request[i] === request);
  },

  // Which messages are drawn: those of the chosen request, or all that the page is about, if they pass the filters;
  // and the chosen message with all its causes, which may lie before or beside that.
  sift() {
    const about = this.request?.number ?? -1;
    for (let i = 0; i < Trace.size; i++) {
      this.visible[i] = !Trace.context[i] && (about < 0 || Trace.request[i] === about) && this.passes(i);
    }
    this.chain.forEach(i => { this.visible[i] = 1; });
    this.count = this.visible.reduce((sum, one) => sum + one, 0);
    Axis.lay(this.visible);
    Lanes.lay(this.visible, this.request);
  },
};
