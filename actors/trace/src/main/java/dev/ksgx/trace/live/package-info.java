/** Traces of live systems by configuration alone. */
package dev.ksgx.trace.live;
