package dev.ksgx.kernel.check;

/**
 * A version array of an enclave as the driver sees it.
 *
 * @param frame that holds it; -1 while it is out
 * @param home slot of the second level that is its own; -1 if it has none
 * @param backed ordinary memory has a copy of it
 */
public record VersionArrayView(int frame, long home, boolean backed) {}
