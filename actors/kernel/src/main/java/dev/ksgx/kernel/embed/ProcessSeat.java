package dev.ksgx.kernel.embed;

import akka.actor.typed.ActorRef;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.KernelMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the gateway, and nobody else, knows of one process. */
final class ProcessSeat {
  final TaskRef mainTask;
  final ActorRef<AddressSpaceMessage.Request> space;

  /** Where its launches get tokens from; null if INIT needs none of them. */
  final KernelMessage.TokenSource tokens;

  /** Threads without a call; the one used last is used next. */
  final ArrayDeque<TaskRef> idle = new ArrayDeque<>();

  /** Threads in a call, by tid. */
  final Map<Integer, Turn> inCall = new LinkedHashMap<>();

  /** Who waits for the exit, once it has begun. */
  final List<Runnable> awaitingExit = new ArrayList<>();

  int openFiles;
  boolean exiting;
  boolean gone;

  /** Threads inside an enclave: exit waits for them, as no processor can be taken from them. */
  int inside;

  Runnable whenOutside;

  ProcessSeat(KernelMessage.Process made, KernelMessage.TokenSource tokens) {
    this.mainTask = made.task();
    this.space = made.addressSpace();
    this.tokens = tokens;
    idle.push(mainTask);
  }

  void entered() {
    inside++;
  }

  void left() {
    inside--;
    if (inside == 0 && whenOutside != null) {
      whenOutside.run();
    }
  }

  /** Go on when no thread is inside an enclave. */
  void onceOutside(Runnable then) {
    if (inside == 0) {
      then.run();
    } else {
      whenOutside = then;
    }
  }
}
