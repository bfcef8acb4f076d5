/** ksgx kernel. */
package dev.ksgx.kernel;
