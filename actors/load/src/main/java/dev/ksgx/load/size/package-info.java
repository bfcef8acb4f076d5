/** How much of a resource a load needs to be served as it should be. */
package dev.ksgx.load.size;
