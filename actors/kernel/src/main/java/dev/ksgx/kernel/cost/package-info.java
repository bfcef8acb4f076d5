/** What things cost, in cycles, and where each figure comes from. */
package dev.ksgx.kernel.cost;
