/**
 * A kernel for programs without an actor system: objects whose methods wait ({@link
 * dev.ksgx.kernel.embed.SgxKernel}), the same with {@code CompletionStage}s ({@link
 * dev.ksgx.kernel.embed.AsyncKernel}), and a kernel whose time the caller drives ({@link
 * dev.ksgx.kernel.embed.SimulatedKernel}). One gateway actor makes the calls and completes the
 * stages; only here, at the edge, may a caller's thread wait.
 */
package dev.ksgx.kernel.embed;
