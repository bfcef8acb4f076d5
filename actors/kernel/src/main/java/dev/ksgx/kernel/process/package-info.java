/** Processes as the driver sees them: address spaces, open files, and the calls of a launch. */
package dev.ksgx.kernel.process;
