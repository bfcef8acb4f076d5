/**
 * What is true of the whole processor package: which features CPUID reports and the registers that
 * all its logical processors share.
 */
package dev.ksgx.hardware.platform;
