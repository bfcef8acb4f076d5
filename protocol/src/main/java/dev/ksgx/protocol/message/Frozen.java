package dev.ksgx.protocol.message;

/**
 * What was to be frozen is: none of it is under way any more.
 *
 * @param call the asker's number
 */
public record Frozen(long call) implements Reply {}
