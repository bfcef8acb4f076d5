package dev.ksgx.hardware.leaf;

import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.epc.TcsState;

/**
 * What a logical processor remembers while it is inside an enclave (isa.md 1.16): from EENTER or
 * ERESUME until EEXIT or an asynchronous exit.
 *
 * @param secs the active SECS
 * @param tcs the TCS it entered by
 * @param tcsAddress linear address of that TCS
 * @param entryEpoch tracking epoch at entry
 * @param frame the SSA frame that an exit uses
 * @param translation page tables in use
 */
public record EnclaveMode(
    SecsState secs,
    TcsState tcs,
    long tcsAddress,
    long entryEpoch,
    SsaFrame frame,
    Translation translation) {}
