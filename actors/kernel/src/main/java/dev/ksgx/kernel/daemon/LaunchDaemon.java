package dev.ksgx.kernel.daemon;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.DaemonMessage;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.runtime.probe.State;
import dev.ksgx.runtime.queue.WaitQueue;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The daemon that makes tokens in user space (driver.md 5.4): its socket and its launch queue, and
 * one process after the other behind them. It is started at boot, and by the next request when it
 * has died: the socket outlives the process, as where a service manager listens for it.
 */
public final class LaunchDaemon extends AbstractBehavior<DaemonMessage> {
  /** No queue can be longer than the tasks that a kernel has (PID_MAX_LIMIT). */
  private static final int MAX_TASKS = 1 << 22;

  /** What a new process is free of. */
  private static final Set<LaunchFault> OF_THE_PROCESS =
      EnumSet.of(LaunchFault.HUNG, LaunchFault.ONE_HUNG, LaunchFault.WRONG_ANSWER);

  private final Daemon daemon;
  private final WaitQueue<Connection> queue;

  /** Who waits for an answer, by thread: each has one request out. */
  private final Map<Integer, Connection> clients = new LinkedHashMap<>();

  /** Let in and not out of a worker's hands yet, its client still there or not. */
  private final Set<Connection> served = new LinkedHashSet<>();

  private final List<Runnable> whenBorn = new ArrayList<>();
  private final List<Runnable> whenGone = new ArrayList<>();
  private final State life;
  private DaemonProcess process;
  private boolean starting;
  private boolean dying;
  private long connections;

  /**
   * @param signer of its launch enclaves, from 0
   */
  public static Behavior<DaemonMessage.Request> create(
      KernelServices services, ActorRef<DeviceMessage.Request> device, int signer) {
    return Behaviors.<DaemonMessage>setup(
            context -> new LaunchDaemon(context, services, device, signer))
        .narrow();
  }

  /** What the actor of that signer is called. */
  public static String name(int signer) {
    return Daemon.named("launch-daemon", signer);
  }

  private LaunchDaemon(
      ActorContext<DaemonMessage> context,
      KernelServices services,
      ActorRef<DeviceMessage.Request> device,
      int signer) {
    super(context);
    this.daemon = new Daemon(services, device, signer, context.getSelf());
    this.queue =
        WaitQueue.semaphore(services.probe(), daemon.queue, daemon.config.workers(), MAX_TASKS);
    this.life = services.probe().state("process");
    start();
  }

  @Override
  public Receive<DaemonMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(DaemonMessage.Ask.class, this::onAsk)
        .onMessage(DaemonMessage.Withdraw.class, this::onWithdraw)
        .onMessage(DaemonMessage.SetFault.class, this::onSetFault)
        .onMessage(DaemonMessage.Stop.class, this::onStop)
        .onMessage(DaemonMessage.AskCounters.class, this::onAskCounters)
        .onMessage(Daemon.Later.class, this::onLater)
        .build();
  }

  private Behavior<DaemonMessage> onReply(Reply reply) {
    daemon.calls.complete(reply);
    return this;
  }

  private Behavior<DaemonMessage> onLater(Daemon.Later later) {
    later.what().run();
    return this;
  }

  /** One process at a time: the next is started when the last has exited. */
  private void startIfDead() {
    if (process == null && !starting && !dying) {
      start();
    }
  }

  private void start() {
    starting = true;
    life.set("starting");
    daemon.counts.starts++;
    daemon
        .services
        .kernel()
        .tell(
            new KernelMessage.NewProcess(
                TaskRef.Kind.LAUNCH_ENCLAVE,
                daemon.calls.<KernelMessage.Process>expect(this::born),
                daemon.self));
  }

  private void born(KernelMessage.Process made) {
    starting = false;
    life.set("running");
    process = new DaemonProcess(daemon, made, this::over);
    served.forEach(process::take);
    List<Runnable> now = List.copyOf(whenBorn);
    whenBorn.clear();
    now.forEach(Runnable::run);
  }

  private Behavior<DaemonMessage> onAsk(DaemonMessage.Ask ask) {
    daemon.counts.requests++;
    startIfDead();
    Connection connection = new Connection(ask, ++connections, daemon.services.probe());
    clients.put(ask.task().tid(), connection);
    connection.patience(
        daemon.after(daemon.config.clientTimeoutNanos(), () -> onImpatient(connection)));
    if (queue.acquire(connection)) {
      letIn(connection);
    } else {
      connection.queueing(
          daemon.after(daemon.config.queueTimeoutNanos(), () -> onQueuedTooLong(connection)));
    }
    return this;
  }

  /** Until there is a process with a worker, the client waits for the queue all the same. */
  private void letIn(Connection connection) {
    served.add(connection);
    connection.taken();
    connection.waitsFor(daemon.queue, 0);
    if (process != null) {
      process.take(connection);
    }
  }

  /** The worker is free for the next. */
  private void over(Connection connection) {
    clients.remove(connection.ask.task().tid(), connection);
    served.remove(connection);
    queue.release(connection, this::letIn);
  }

  private void onImpatient(Connection connection) {
    daemon.counts.timeouts++;
    leave(connection, Errno.ETIMEDOUT, "the daemon did not answer in time");
  }

  private void onQueuedTooLong(Connection connection) {
    daemon.counts.drops++;
    leave(connection, Errno.EBUSY, "the daemon dropped the request: no worker took it in time");
  }

  private Behavior<DaemonMessage> onWithdraw(DaemonMessage.Withdraw withdraw) {
    Connection connection = clients.get(withdraw.task().tid());
    if (connection != null && connection.ask.call() == withdraw.asked()) {
      daemon.counts.withdrawn++;
      leave(connection, Errno.EINTR, "a signal came while the daemon was working");
    }
    return this;
  }

  /** Its place in the queue is free; a worker that has it already goes on for nobody. */
  private void leave(Connection connection, Errno errno, String check) {
    queue.leave(connection, this::letIn);
    end(connection, errno, check);
  }

  private void end(Connection connection, Errno errno, String check) {
    clients.remove(connection.ask.task().tid(), connection);
    connection.answer(null, CallResult.failed(errno, "token: " + check));
  }

  private Behavior<DaemonMessage> onSetFault(DaemonMessage.SetFault set) {
    if (set.fault() == LaunchFault.DEAD) {
      stop(() -> {});
    } else {
      daemon.fault = set.fault();
      daemon.delayNanos = set.delayNanos();
    }
    return this;
  }

  private Behavior<DaemonMessage> onStop(DaemonMessage.Stop stop) {
    stop(() -> stop.replyTo().tell(new DaemonMessage.Stopped(stop.call())));
    return this;
  }

  private void stop(Runnable then) {
    if (starting) {
      whenBorn.add(() -> stop(then));
    } else if (dying) {
      whenGone.add(then);
    } else if (process == null) {
      then.run();
    } else {
      kill(then);
    }
  }

  /** SIGKILL: every client finds its connection reset, at once. */
  private void kill(Runnable then) {
    DaemonProcess killed = process;
    process = null;
    dying = true;
    life.set("dying");
    daemon.calls.forgetAll();
    if (OF_THE_PROCESS.contains(daemon.fault)) {
      daemon.fault = LaunchFault.NONE;
    }
    daemon.counts.resets += clients.size();
    queue.dismissAll(waiter -> {});
    List.copyOf(served).forEach(connection -> queue.release(connection, next -> {}));
    served.clear();
    List.copyOf(clients.values())
        .forEach(client -> end(client, Errno.ECONNRESET, "the daemon died"));
    whenGone.add(then);
    killed.kill(this::gone);
  }

  private void gone() {
    dying = false;
    life.set("absent");
    List<Runnable> now = List.copyOf(whenGone);
    whenGone.clear();
    now.forEach(Runnable::run);
    if (!served.isEmpty()) {
      startIfDead();
    }
  }

  private Behavior<DaemonMessage> onAskCounters(DaemonMessage.AskCounters ask) {
    ask.replyTo().tell(daemon.counts.told(ask.call()));
    return this;
  }
}
