/**
 * What a run reports: one record that is the JSON, a summary for people in 80 columns, a histogram
 * log for plotters.
 */
package dev.ksgx.load.report;
