"use strict";
// How figures become text, and text becomes elements. Nothing else on the page rounds or escapes.

const Format = (() => {
  const formats = new Map();

  function fixed(value, decimals) {
    if (!formats.has(decimals)) {
      formats.set(decimals, new Intl.NumberFormat("en-US",
        {minimumFractionDigits: decimals, maximumFractionDigits: decimals}));
    }
    return formats.get(decimals).format(value).replace("-", "\u2212");
  }

  // About four digits: more would be noise, and a column keeps its width.
  function decimals(size) {
    const s = Math.abs(size);
    return s === 0 || s >= 1000 ? 0 : s >= 100 ? 1 : s >= 10 ? 2 : s >= 1 ? 3 : 4;
  }

  const number = value => fixed(value, decimals(value));
  const count = value => fixed(value, 0);
  const percent = share => fixed(share * 100, 1) + " %";
  const signed = (value, places) => (value > 0 ? "+" : "") + fixed(value, places);

  // For the ticks of an axis, where the unit may follow the size.
  function micros(value) {
    if (value >= 1e6) return trim(value / 1e6) + " s";
    if (value >= 1e3) return trim(value / 1e3) + " ms";
    return trim(value) + " µs";
  }

  function thousands(value) {
    return Math.abs(value) >= 1e4 ? trim(value / 1e3) + "k" : trim(value);
  }

  const trim = value => String(Number(value.toPrecision(3)));

  // Text of an estimate: mean and half-width with the same decimals.
  function estimate(e) {
    const places = decimals(Math.max(Math.abs(e.mean), e.halfWidth ?? 0));
    return fixed(e.mean, places) + (e.halfWidth === null ? "" : " ± " + fixed(e.halfWidth, places));
  }

  return {fixed, decimals, number, count, percent, signed, micros, thousands, estimate};
})();

// An element with attributes and children; strings become text, null is left out.
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter(child => child !== null));
  return element;
}

// Figures as elements that carry the exact number beside the rounded text.
const Figure = (() => {
  const data = (value, text) => h("data", {value: String(value)}, text);
  const number = value => data(value, Format.number(value));
  const count = value => data(value, Format.count(value));
  const percent = share => data(share, Format.percent(share));

  function interval(e, mean, places) {
    return e.halfWidth === null ? [mean]
      : [mean, h("span", {class: "interval"}, " ± ", data(e.halfWidth, Format.fixed(e.halfWidth, places)))];
  }

  const placesOf = e => Format.decimals(Math.max(Math.abs(e.mean), e.halfWidth ?? 0));

  function estimate(e) {
    const places = placesOf(e);
    return h("span", {class: "figure"}, interval(e, data(e.mean, Format.fixed(e.mean, places)), places));
  }

  function difference(e) {
    const places = placesOf(e);
    return h("span", {class: "figure"}, interval(e, data(e.mean, Format.signed(e.mean, places)), places));
  }

  const plain = value => data(value, String(value));

  return {number, count, percent, estimate, difference, plain};
})();
