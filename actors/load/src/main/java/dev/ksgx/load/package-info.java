/** ksgx load. */
package dev.ksgx.load;
