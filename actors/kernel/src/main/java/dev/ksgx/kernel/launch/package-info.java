/**
 * Launch control as v5 does it: one launch enclave in a process of its own, asked through pipes by
 * one caller at a time.
 */
package dev.ksgx.kernel.launch;
