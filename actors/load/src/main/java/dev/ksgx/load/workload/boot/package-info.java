/** How a load gets a machine: a kernel of its own, and processes with their threads on it. */
package dev.ksgx.load.workload.boot;
