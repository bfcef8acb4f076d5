/** Questions to a trace: which messages, why this one, what made this launch slow. */
package dev.ksgx.trace.query;
