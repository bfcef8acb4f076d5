/** Time as behaviours see it: one interface, backed by the wall clock or by the event loop. */
package dev.ksgx.runtime.clock;
