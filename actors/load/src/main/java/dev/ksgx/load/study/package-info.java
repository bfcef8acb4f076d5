/**
 * Designs side by side: the same loads on every design, in independent replications, with intervals
 * and paired differences.
 */
package dev.ksgx.load.study;
