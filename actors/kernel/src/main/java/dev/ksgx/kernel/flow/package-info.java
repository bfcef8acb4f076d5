/**
 * Threads of control inside an actor: a task's code path as a chain of continuations, each run when
 * the answer it waits for comes in. Plain messages carry requests and answers; no future, no ask.
 */
package dev.ksgx.kernel.flow;
