/**
 * The machine and its logical processors: the only way to run an instruction of SGX.
 *
 * <p>A {@link dev.ksgx.hardware.cpu.LogicalProcessor} belongs to one thread at a time (to one core
 * actor); all processors of a {@link dev.ksgx.hardware.cpu.Machine} share its EPC.
 */
package dev.ksgx.hardware.cpu;
