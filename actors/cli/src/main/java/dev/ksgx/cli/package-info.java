/** ksgx cli. */
package dev.ksgx.cli;
