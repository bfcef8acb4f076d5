/**
 * Any Akka Typed system in live or virtual time: {@link dev.ksgx.runtime.RuntimeExtension} hands
 * clock, random streams and probe to behaviours, whichever mode their system runs in.
 */
package dev.ksgx.runtime;
