package dev.ksgx.kernel.daemon;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.config.UserLe;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.process.DeviceOpening;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One life of the daemon's process: the main thread, which starts workers and does what is nobody's
 * request, the workers, the launch enclaves, and the tokens in its memory.
 */
final class DaemonProcess {
  private static final Burst START = Burst.of(Step.software(Work.FORK_EXEC));

  /** Something that the main thread does; it says when it is done. */
  @FunctionalInterface
  interface Chore {
    void run(Flow flow, Runnable done);
  }

  private final Daemon daemon;
  private final Consumer<Connection> onOver;
  private final TaskRef main;
  private final ActorRef<AddressSpaceMessage.Request> space;
  private final LaunchEnclaves enclaves;
  private final TokenCache cache;
  private final Map<TokenKey, List<Consumer<Made>>> making = new LinkedHashMap<>();
  private final ArrayDeque<TaskRef> idle = new ArrayDeque<>();
  private final ArrayDeque<Connection> taken = new ArrayDeque<>();
  private final ArrayDeque<Chore> chores = new ArrayDeque<>();
  private boolean busy;
  private boolean alive = true;

  /** A token, or null and why there is none. */
  record Made(Bytes token, CallResult result) {}

  /** What the process answered last; of another life nothing is left. */
  Bytes lastAnswer = Bytes.zeros(304);

  /**
   * @param onOver hears that a request is out of the hands of its worker
   */
  DaemonProcess(Daemon daemon, KernelMessage.Process process, Consumer<Connection> onOver) {
    this.daemon = daemon;
    this.onOver = onOver;
    this.main = process.task();
    this.space = process.addressSpace();
    this.enclaves = new LaunchEnclaves(daemon, this, space);
    UserLe.TokenCache kept = daemon.config.cache();
    this.cache =
        kept.place() == UserLe.TokenCache.Place.DAEMON
            ? new TokenCache(kept.capacity(), kept.expiryNanos(), daemon.counts.cache)
            : null;
    chore((flow, done) -> flow.run(START, ran -> open(flow, done)));
    if (daemon.config.life() == UserLe.Life.ALWAYS) {
      for (DaemonEnclave enclave : enclaves.all()) {
        chore((flow, done) -> enclave.whenBuilt(flow, result -> done.run()));
      }
    }
  }

  /** The device first; if it cannot be opened, each launch enclave fails for that reason. */
  private void open(Flow flow, Runnable done) {
    new DeviceOpening(daemon.device, space, main, daemon.self, daemon.calls)
        .start(flow.request(), daemon.said(), opened -> startWorker(daemon.config.workers(), done));
  }

  private void startWorker(int left, Runnable done) {
    if (left == 0) {
      done.run();
      return;
    }
    daemon
        .services
        .kernel()
        .tell(
            new KernelMessage.NewThread(
                main.pid(),
                TaskRef.Kind.LAUNCH_ENCLAVE,
                daemon.calls.<KernelMessage.NewTask>expect(
                    made -> {
                      idle.add(made.task());
                      serveTaken();
                      startWorker(left - 1, done);
                    }),
                daemon.self));
  }

  /** The main thread does it when it has done what came before. */
  void chore(Chore chore) {
    chores.add(chore);
    if (!busy) {
      nextChore();
    }
  }

  private void nextChore() {
    Chore next = chores.poll();
    Flow flow = daemon.flow(main, RequestId.BOOT);
    busy = next != null;
    if (busy) {
      next.run(flow, this::nextChore);
    } else {
      flow.block();
    }
  }

  /**
   * A request that the launch queue lets in: a worker takes it, at the latest when there is one.
   */
  void take(Connection connection) {
    taken.add(connection);
    serveTaken();
  }

  private void serveTaken() {
    while (!taken.isEmpty() && !idle.isEmpty()) {
      Connection connection = taken.poll();
      TaskRef worker = idle.poll();
      new TokenWork(daemon, this, connection, worker).run();
    }
  }

  /** A worker is through with its request; it sleeps unless there is another. */
  void over(Connection connection, Flow flow) {
    idle.addFirst(flow.task());
    onOver.accept(connection);
    if (idle.contains(flow.task())) {
      flow.block();
    }
  }

  /** {@code what}, if the process still lives by then. */
  Runnable ifAlive(Runnable what) {
    return () -> {
      if (alive) {
        what.run();
      }
    };
  }

  ActorRef<AddressSpaceMessage.Request> space() {
    return space;
  }

  LaunchEnclaves enclaves() {
    return enclaves;
  }

  /** The token in the daemon's memory, or null. */
  Bytes cached(TokenKey key) {
    return cache == null ? null : cache.find(key, daemon.now());
  }

  /**
   * If such a token is being made and misses are coalesced, wait for it.
   *
   * @return whether it is
   */
  boolean join(TokenKey key, Consumer<Made> then) {
    List<Consumer<Made>> others = making.get(key);
    if (others == null) {
      return false;
    }
    others.add(then);
    return true;
  }

  /** A worker makes such a token from now on. */
  void makes(TokenKey key) {
    if (daemon.config.cache().place() != UserLe.TokenCache.Place.NONE
        && daemon.config.cache().coalesce()) {
      making.put(key, new ArrayList<>());
    }
  }

  /** It is made, or cannot be. */
  void made(TokenKey key, Made made) {
    if (made.result().isZero() && cache != null) {
      cache.keep(key, made.token(), daemon.now());
    }
    List<Consumer<Made>> others = making.remove(key);
    if (others != null) {
      others.forEach(other -> other.accept(made));
    }
  }

  /** SIGKILL. Whatever its threads were doing is over; goes on when the process has exited. */
  void kill(Runnable then) {
    alive = false;
    enclaves.close();
    space.tell(
        new AddressSpaceMessage.Kill(
            RequestId.BOOT, daemon.calls.<Returned>expect(exited -> then.run()), daemon.self));
  }
}
