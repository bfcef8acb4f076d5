/**
 * The kernel's launch control: a launch enclave in a process of its own, and who may ask it in what
 * order. The ways to talk with it (v5's pipes, the slot of v6 to v10 and DCAP, v11's ioctls) are
 * behaviours behind {@code LaunchChannel} and {@code LaunchLine}.
 */
package dev.ksgx.kernel.launch;
