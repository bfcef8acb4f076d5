/** ksgx protocol. */
package dev.ksgx.protocol;
