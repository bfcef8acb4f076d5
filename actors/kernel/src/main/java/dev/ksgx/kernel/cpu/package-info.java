/**
 * Tasks on cores. The scheduler decides who runs where; a core executes, and is the only one that
 * does: it alone holds a logical processor, so it alone runs leaves and WRMSR.
 */
package dev.ksgx.kernel.cpu;
