/**
 * The enclave page cache: where its frames lie, what the EPCM knows of each, who uses a frame right
 * now, and what it holds.
 *
 * <p>Everything here is shared by all logical processors and arbitrates as hardware does: one
 * access word a frame is taken by compare-and-set, a conflict is an answer, and nothing waits.
 */
package dev.ksgx.hardware.epc;
