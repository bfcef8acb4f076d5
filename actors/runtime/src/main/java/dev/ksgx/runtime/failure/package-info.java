/** An exception in an actor is a bug: it is named, kept and ends the run. */
package dev.ksgx.runtime.failure;
