package dev.ksgx.hardware.leaf;

/**
 * Modes and control registers of a logical processor that leaves look at.
 *
 * @param mode64Bit in 64-bit mode
 * @param osFxsr CR4.OSFXSR
 * @param osXsave CR4.OSXSAVE
 * @param xcr0 XCR0 of the operating system
 */
public record ControlState(boolean mode64Bit, boolean osFxsr, boolean osXsave, long xcr0) {}
