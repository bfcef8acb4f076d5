package dev.ksgx.kernel.launch;

import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.LaunchProcessMessage;

/**
 * A thread of the launch enclave's process at its end of the channel: read a request, enter, write
 * the reply, and so on.
 */
abstract class LaunchThread {
  /** The task. */
  final TaskRef task;

  /** Its number, from 0; it enters by the TCS of that number. */
  final int index;

  /** It has a burst to run, now or as soon as an answer is in. */
  boolean running;

  /** What it answered last, should it answer that again. */
  TokenReply previous = TokenReply.ZEROS;

  LaunchThread(TaskRef task, int index) {
    this.task = task;
    this.index = index;
  }

  /** The enclave is there. */
  abstract void begin();

  /** Something came through the channel. */
  abstract void heard(LaunchProcessMessage.ToThread message);
}
