/** Chance as behaviours see it: named streams of a specified generator, equal on every JDK. */
package dev.ksgx.runtime.random;
