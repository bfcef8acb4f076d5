package dev.ksgx.protocol.message;

/** A signal ended an interruptible sleep. */
public record Interrupted(long call) implements Reply {}
