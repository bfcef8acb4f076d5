/**
 * One enclave as the driver keeps it: its lock, its flags, its pages, and the calls that move it
 * through its life.
 */
package dev.ksgx.kernel.enclave;
