/**
 * Where the time went: request timelines whose intervals sum to the latency exactly, and resources
 * with utilisation, queue and holders.
 */
package dev.ksgx.runtime.probe;
