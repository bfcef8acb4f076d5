"use strict";
// How figures become text, and text becomes elements. Nothing else on the page rounds or escapes.

const Format = (() => {
  const whole = new Intl.NumberFormat("en-US", {maximumFractionDigits: 0});
  const count = n => whole.format(n);

  // Nanoseconds as microseconds, exactly: 1,071.009.
  function micros(nanos) {
    const size = Math.abs(nanos);
    return (nanos < 0 ? "\u2212" : "") + whole.format(Math.floor(size / 1000)) + "."
      + String(size % 1000).padStart(3, "0");
  }

  const us = nanos => micros(nanos) + " µs";

  // For a ruler: as many decimals as its step needs.
  function ruler(nanos, step) {
    const decimals = step >= 1000 ? 0 : step >= 100 ? 1 : step >= 10 ? 2 : 3;
    return (nanos / 1000).toLocaleString("en-US",
      {minimumFractionDigits: decimals, maximumFractionDigits: decimals}).replace("-", "\u2212");
  }

  const percent = (part, of) => (of === 0 ? 0 : 100 * part / of).toFixed(1) + " %";

  // AddressSpaceMessage$Mmap is an Mmap among messages of one address space.
  const brief = type => type.slice(type.lastIndexOf("$", type.length - 2) + 1);

  return {count, micros, us, ruler, percent, brief};
})();

// An element with attributes and children; strings become text, null is left out.
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter(child => child !== null && child !== undefined));
  return element;
}
