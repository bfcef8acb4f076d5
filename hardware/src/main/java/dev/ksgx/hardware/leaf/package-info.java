/**
 * The leaf functions of ENCLS and ENCLU, one class a leaf or family, each a list of checks with the
 * numbers of isa.md 3.3, 3.4, 6 and 7.
 *
 * <p>A leaf begins, is in flight, and ends or aborts. All checks and all counts are decided when it
 * begins, under access words that it keeps until it is over; what it produces is seen by others
 * only after it has ended.
 */
package dev.ksgx.hardware.leaf;
