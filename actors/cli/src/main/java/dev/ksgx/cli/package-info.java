/**
 * The {@code ksgx} command: the only module that prints.
 *
 * <p>Exit codes: 0 done, 1 what was asked is answered "no", 2 bad input (one line on standard
 * error, nothing written), 3 the model contradicts itself or fails: a bug in ksgx, 130 interrupted.
 */
package dev.ksgx.cli;
