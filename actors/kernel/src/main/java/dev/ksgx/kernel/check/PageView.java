package dev.ksgx.kernel.check;

/**
 * A page of an enclave as the driver sees it.
 *
 * @param address linear address
 * @param frame that holds it; -1 if none does
 * @param slot of the first level that is its own; -1 if it has none
 * @param backed ordinary memory has a copy of it
 * @param pending it was accepted and its EADD has not run yet
 */
public record PageView(long address, int frame, long slot, boolean backed, boolean pending) {
  boolean isResident() {
    return frame >= 0;
  }
}
