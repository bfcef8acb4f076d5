/** Who loses its frames when they run short, and the passes that take them. */
package dev.ksgx.kernel.reclaim;
