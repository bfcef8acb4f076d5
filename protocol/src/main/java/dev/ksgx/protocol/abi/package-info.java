/**
 * What user space and the driver say to each other: ioctl numbers and arguments, results and errno,
 * and the identities every message carries. No actor in here.
 */
package dev.ksgx.protocol.abi;
