/**
 * MRENCLAVE: SHA-256 over the 64-byte blocks that ECREATE, EADD and EEXTEND feed (isa.md 4).
 *
 * <p>{@link dev.ksgx.hardware.measure.Measurement} is the running hash of one enclave. {@link
 * dev.ksgx.hardware.measure.MeasurementTrie} shares the work among enclaves that begin alike, so
 * that an image launched a thousand times is hashed once.
 */
package dev.ksgx.hardware.measure;
