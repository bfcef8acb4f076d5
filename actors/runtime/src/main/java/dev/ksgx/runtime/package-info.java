/** ksgx runtime. */
package dev.ksgx.runtime;
