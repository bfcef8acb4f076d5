/** Live mode: the wall clock behind the same interfaces. */
package dev.ksgx.runtime.live;
