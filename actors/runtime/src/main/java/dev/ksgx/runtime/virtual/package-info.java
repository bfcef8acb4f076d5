/**
 * Virtual time: one thread runs an unmodified Akka system through its dispatcher executor and its
 * scheduler, and the clock jumps to the next timer when nothing is ready.
 */
package dev.ksgx.runtime.virtual;
