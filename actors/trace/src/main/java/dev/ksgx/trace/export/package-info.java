/** Traces in the formats of the viewers that people use. */
package dev.ksgx.trace.export;
