/**
 * When launches are planned and for which thread: {@link dev.ksgx.load.workload.arrival.Arrivals},
 * whose open loops are an {@code Instants} each. Its random streams belong to it alone.
 */
package dev.ksgx.load.workload.arrival;
