/**
 * Whether the books of the driver balance, with each other and with the EPCM (driver.md 2.3): who
 * owns which frame, slot and child. The actors show what they know through views that are read
 * between two messages of a system in virtual time, where one thread runs everything; a system that
 * is not watched registers none.
 */
package dev.ksgx.kernel.check;
