/**
 * Cost models from measurements: durations that a tracer saw on a machine with SGX, taken apart
 * into the costs of single operations.
 */
package dev.ksgx.load.calibrate;
