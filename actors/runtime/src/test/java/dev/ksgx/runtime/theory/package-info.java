/** Queueing systems with known answers, as plain Akka behaviours on the runtime's clock. */
package dev.ksgx.runtime.theory;
