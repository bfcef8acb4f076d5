package dev.ksgx.protocol.message;

import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.TaskRef;

/**
 * A system call returned to user space. The task still holds its core; it goes on with the next
 * call, blocks, or exits.
 *
 * @param call the caller's number for the call
 * @param task the calling task
 * @param result what the call returned
 */
public record Returned(long call, TaskRef task, CallResult result) implements Reply {}
