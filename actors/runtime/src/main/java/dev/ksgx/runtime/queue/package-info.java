/** Waiting made visible: the one queue behind every lock, semaphore and run queue of a model. */
package dev.ksgx.runtime.queue;
