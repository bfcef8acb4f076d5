package dev.ksgx.protocol.message;

/**
 * Root of what an actor outside the driver (a workload, an embedder's gateway) receives from it.
 */
public interface ClientMessage {}
