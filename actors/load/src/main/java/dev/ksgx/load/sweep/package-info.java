/** Many points of one scenario: grids of values, and samples of what nobody knows exactly. */
package dev.ksgx.load.sweep;
