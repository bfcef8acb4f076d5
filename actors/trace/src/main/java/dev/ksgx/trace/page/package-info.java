/**
 * Some requests, or a piece of time, as a page for people: one file that needs no network, with the
 * messages, the timelines and the blame of a trace, and what draws and searches them.
 */
package dev.ksgx.trace.page;
