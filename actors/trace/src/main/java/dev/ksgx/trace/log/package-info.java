/**
 * The file that a run writes: fixed-width cells in checked blocks, with its dictionary inside.
 * README.md of this module has the layout.
 */
package dev.ksgx.trace.log;
