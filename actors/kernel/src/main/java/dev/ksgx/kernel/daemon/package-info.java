/**
 * The launch daemon: tokens made in user space, by a process with a socket, a launch queue, worker
 * threads and launch enclaves of its own (driver.md 5.4); and where tokens are kept.
 */
package dev.ksgx.kernel.daemon;
