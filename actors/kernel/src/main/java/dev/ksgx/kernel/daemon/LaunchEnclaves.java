package dev.ksgx.kernel.daemon;

import akka.actor.typed.ActorRef;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.daemon.DaemonEnclave.Seat;
import dev.ksgx.kernel.daemon.DaemonEnclave.State;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.runtime.queue.WaitQueue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The launch enclaves of one process, and the queue of workers in front of them: with one enclave
 * of one thread it is aesmd's mutex. On demand, one that has idled for long enough is destroyed.
 */
final class LaunchEnclaves {
  private static final List<State> BEST_FIRST = List.of(State.BUILT, State.BUILDING, State.ABSENT);

  private final Daemon daemon;
  private final DaemonProcess process;
  private final List<DaemonEnclave> all = new ArrayList<>();
  private final WaitQueue<Connection> queue;
  private final Set<Connection> admitted = new LinkedHashSet<>();

  LaunchEnclaves(
      Daemon daemon, DaemonProcess process, ActorRef<AddressSpaceMessage.Request> space) {
    this.daemon = daemon;
    this.process = process;
    UserLe config = daemon.config;
    for (int i = 0; i < config.enclaves(); i++) {
      all.add(
          new DaemonEnclave(daemon, space, daemon.services.probe().state("launch-enclave-" + i)));
    }
    this.queue =
        WaitQueue.semaphore(
            daemon.services.probe(),
            daemon.enclaves,
            config.enclaves() * config.threads(),
            config.workers());
  }

  List<DaemonEnclave> all() {
    return all;
  }

  /**
   * Get a seat for the worker of that connection, then go on.
   *
   * @param sleep what the worker does if it has to wait
   */
  void acquire(Connection connection, Runnable sleep, Consumer<Seat> then) {
    connection.whenAdmitted =
        () -> {
          admitted.add(connection);
          then.accept(best().sit());
        };
    if (queue.acquire(connection)) {
      connection.whenAdmitted.run();
    } else {
      sleep.run();
    }
  }

  /** An enclave with a free seat: one that is there, else one that soon will be. */
  private DaemonEnclave best() {
    for (State state : BEST_FIRST) {
      for (DaemonEnclave enclave : all) {
        if (enclave.state() == state && enclave.hasFreeSeat()) {
          return enclave;
        }
      }
    }
    return all.stream().filter(DaemonEnclave::hasFreeSeat).findFirst().orElseThrow();
  }

  void release(Connection connection, Seat seat) {
    admitted.remove(connection);
    DaemonEnclave enclave = seat.enclave();
    enclave.stand(seat);
    queue.release(connection, next -> next.whenAdmitted.run());
    if (daemon.config.life() == UserLe.Life.ON_DEMAND && enclave.isIdle()) {
      idles(enclave);
    }
  }

  private void idles(DaemonEnclave enclave) {
    long since = daemon.now();
    enclave.idleSinceNanos = since;
    if (!enclave.isWatched) {
      enclave.isWatched = true;
      watch(enclave, daemon.config.idleNanos());
    }
  }

  /** One alarm an enclave: at its end the enclave has idled for long enough, or it is set anew. */
  private void watch(DaemonEnclave enclave, long nanos) {
    daemon.whenever(nanos, process.ifAlive(() -> look(enclave)));
  }

  private void look(DaemonEnclave enclave) {
    long left = enclave.idleSinceNanos + daemon.config.idleNanos() - daemon.now();
    if (enclave.isIdle() && left > 0) {
      watch(enclave, left);
      return;
    }
    enclave.isWatched = false;
    if (enclave.isIdle()) {
      process.chore((flow, done) -> remove(enclave, flow, done));
    }
  }

  /** The main thread had other things to do first: meanwhile somebody may have sat down. */
  private void remove(DaemonEnclave enclave, Flow flow, Runnable done) {
    if (enclave.isIdle()) {
      enclave.remove(flow, enclave.builds(), done);
    } else {
      done.run();
    }
  }

  /** The process is dead: nobody waits for its enclaves or has one. */
  void close() {
    all.forEach(DaemonEnclave::ended);
    queue.dismissAll(waiter -> {});
    for (Connection connection : List.copyOf(admitted)) {
      connection.leavesEnclave();
      queue.release(connection, next -> {});
    }
    admitted.clear();
  }
}
