package dev.ksgx.load.study;

/**
 * A mean over replications with its 95 % confidence interval (Student's t).
 *
 * @param mean of the replications
 * @param halfWidth of the interval; null with a single replication
 */
public record Estimate(double mean, Double halfWidth) {}
