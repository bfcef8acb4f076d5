/** Answers as text for a terminal. */
package dev.ksgx.trace.text;
