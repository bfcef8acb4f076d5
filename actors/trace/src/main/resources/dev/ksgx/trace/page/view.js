"use strict";
// What piece of the axis and of the lanes is in view: zoom and pan. Places are of the axis, x and y are pixels.

const View = (() => {
  const canvas = document.getElementById("lanes");
  const scroller = document.getElementById("scroller");
  const spacer = document.getElementById("spacer");
  const ruler = d3.select("#ruler");
  const pen = canvas.getContext("2d", {alpha: false});
  let width = 0, height = 0, gutter = 0;
  let base = d3.scaleLinear();
  let scale = base;
  let transform = d3.zoomIdentity;
  let painters = [];
  let waiting = 0;

  const x = place => scale(place);
  const place = x => scale.invert(x);
  const range = () => [scale.invert(gutter), scale.invert(width)];

  const zoom = d3.zoom()
    .clickDistance(5)
    .filter(event => event.type !== "wheel" ? !event.ctrlKey && !event.button
      : !event.shiftKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY) && event.offsetX > gutter)
    .on("zoom", event => {
      const source = event.sourceEvent;
      if (source && /^(mouse|touch)move$/.test(source.type) && (source.touches?.length ?? 1) === 1) {
        scroller.scrollTop -= event.transform.y - transform.y;
      }
      transform = event.transform;
      scale = transform.rescaleX(base);
      redraw();
    });
  const zoomed = d3.select(canvas).call(zoom).on("dblclick.zoom", null);

  // The wheel over the names, or with shift, moves the lanes; a sideways wheel the axis.
  canvas.addEventListener("wheel", event => {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) && !event.shiftKey;
    if (!sideways && !event.shiftKey && event.offsetX > gutter) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (sideways) pan(event.deltaX * unit / (width - gutter));
    else scroller.scrollTop += (event.deltaY || event.deltaX) * unit;
  }, {passive: false});
  scroller.addEventListener("scroll", () => redraw());

  // Fits the canvas to its place; what was in view stays.
  function resize() {
    const kept = width > 0 ? range() : null;
    width = scroller.clientWidth;
    height = scroller.clientHeight;
    gutter = width < 560 ? 96 : 168;
    const dots = devicePixelRatio || 1;
    canvas.width = Math.round(width * dots);
    canvas.height = Math.round(height * dots);
    canvas.style.width = width + "px";
    canvas.style.height = height + "px";
    pen.setTransform(dots, 0, 0, dots, 0, 0);
    ruler.attr("width", width);
    span();
    if (kept) show(...kept);
  }

  // Takes the axis as it is now.
  function span() {
    const [from, to] = Axis.extent();
    base = d3.scaleLinear().domain([from, to]).range([gutter, width]);
    const least = Axis.ordered ? 5 : 20; // steps, nanoseconds
    zoom.extent([[gutter, 0], [width, height]])
      .translateExtent([[gutter, -Infinity], [width, Infinity]])
      .scaleExtent([1, Math.max(1, (to - from) / least)]);
    // Lanes have a handful of pixels beyond the last.
    spacer.style.height = Math.max(0, Lanes.height + 8 - height) + "px";
    scale = transform.rescaleX(base);
    redraw();
  }

  // Brings that piece of the axis into view.
  function show(from, to) {
    const [left, right] = [base(from), base(to)];
    const limits = zoom.scaleExtent();
    const k = Math.min(limits[1], Math.max(1, (width - gutter) / Math.max(right - left, 1e-9)));
    const wanted = (gutter + width) / 2 - k * (left + right) / 2;
    const shift = Math.max(width * (1 - k), Math.min(gutter * (1 - k), wanted)); // Not beyond the ends of the axis.
    zoomed.call(zoom.transform, d3.zoomIdentity.translate(shift, 0).scale(k));
  }

  const pan = share => zoomed.call(zoom.translateBy, -share * (width - gutter) / transform.k, 0);
  const zoomBy = factor => zoomed.call(zoom.scaleBy, factor, [(gutter + width) / 2, height / 2]);

  // Moves there as little as shows the place, with some room around.
  function reveal(at, y) {
    const [from, to] = range();
    const rim = (to - from) * 0.08;
    if (at < from + rim || at > to - rim) show(at - (to - from) / 2, at + (to - from) / 2);
    if (y === undefined || y < 0) return;
    if (y < scroller.scrollTop + 30) scroller.scrollTop = Math.max(0, y - 60);
    else if (y > scroller.scrollTop + height - 40) scroller.scrollTop = y - height + 80;
  }

  function drawRuler() {
    const [from, to] = range();
    const room = Math.max(2, Math.floor((width - gutter) / (width < 560 ? 75 : 110)));
    const axis = d3.axisTop(scale).tickSizeOuter(0).tickPadding(5);
    if (Axis.ordered) {
      const ticks = [];
      let last = -Infinity;
      for (const [, start, stop] of Axis.blocks(from, to)) {
        const middle = (Math.max(start, from) + Math.min(stop, to)) / 2;
        if (x(middle) - last >= 100) {
          ticks.push(middle);
          last = x(middle);
        }
      }
      axis.tickValues(ticks).tickFormat(at => Format.micros(Axis.instantAt(at)));
    } else {
      const ticks = scale.ticks(room);
      const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
      axis.tickValues(ticks).tickFormat(nanos => Format.ruler(nanos, step));
    }
    ruler.select(".axis").call(axis);
    // A label at the rim would be cut.
    ruler.selectAll(".tick").attr("visibility", tick =>
      x(tick) < gutter + 28 || x(tick) > width - 28 ? "hidden" : null);
    ruler.select(".unit").text(Axis.ordered ? "instants, µs" : "time, µs");
  }

  function draw() {
    cancelAnimationFrame(waiting);
    waiting = 0;
    if (width === 0) return;
    drawRuler();
    painters.forEach(paint => paint(pen));
  }

  function redraw() {
    if (!waiting) waiting = requestAnimationFrame(draw);
  }

  new ResizeObserver(resize).observe(scroller);
  Look.onChange(redraw);

  return {canvas, scroller, x, place, range, resize, span, show, pan, zoomBy, reveal, draw, redraw,
    painters(...list) { painters = list; },
    get width() { return width; }, get height() { return height; }, get gutter() { return gutter; },
    get top() { return scroller.scrollTop; }};
})();
