package dev.ksgx.kernel.launch;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.flow.TaskLock;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.Frozen;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.probe.Probe;

/**
 * v5's launch control (driver.md 5.1): one mutex around everything, so that the machine has one
 * outstanding token request. open() and the last close take the same mutex, and whoever waits for
 * it cannot be interrupted.
 */
public final class LaunchControl extends AbstractBehavior<LaunchControlMessage> {
  /** The kernel begins to serve a page fault of the launch enclave's process, or has served it. */
  record Paging(TaskRef task, boolean now) implements LaunchControlMessage {}

  private static final Burst START = Burst.of(Step.software(Work.FORK_EXEC));

  private final KernelServices services;
  private final ActorRef<DeviceMessage.Request> device;
  private final Calls calls = new Calls();
  private final ActorRef<Reply> self;
  private final TaskLock mutex;
  private final TokenCall.Context tokenCalls;
  private LaunchPipes pipes;
  private int users;
  private long coldStarts;

  /** The process was stopped for a sleep: the next user starts another. */
  private boolean suspended;

  private Runnable whenSuspended;

  public static Behavior<LaunchControlMessage.Request> create(
      KernelServices services, ActorRef<DeviceMessage.Request> device) {
    return Behaviors.<LaunchControlMessage>setup(
            context -> new LaunchControl(context, services, device))
        .narrow();
  }

  private LaunchControl(
      ActorContext<LaunchControlMessage> context,
      KernelServices services,
      ActorRef<DeviceMessage.Request> device) {
    super(context);
    this.services = services;
    this.device = device;
    this.self = context.getSelf().narrow();
    Probe probe = services.config().launch().hasUserLe() ? Probe.off() : services.probe();
    this.mutex = TaskLock.mutex(probe, probe.resource("launch-enclave", 1));
    this.tokenCalls =
        new TokenCall.Context(services, calls, probe.resource("launch-enclave-reply", 1));
  }

  @Override
  public Receive<LaunchControlMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(LaunchControlMessage.GetToken.class, this::onGetToken)
        .onMessage(LaunchControlMessage.FromProcess.class, this::onFromProcess)
        .onMessage(Paging.class, this::onPaging)
        .onMessage(LaunchControlMessage.Open.class, this::onOpen)
        .onMessage(LaunchControlMessage.Close.class, this::onClose)
        .onMessage(LaunchControlMessage.KillProcess.class, kill -> onKillProcess())
        .onMessage(LaunchControlMessage.Suspend.class, this::onSuspend)
        .onMessage(LaunchControlMessage.AskCounters.class, this::onAskCounters)
        .onSignal(ChildFailed.class, this::onChildFailed)
        .onSignal(Terminated.class, this::onProcessGone)
        .build();
  }

  private Behavior<LaunchControlMessage> onReply(Reply reply) {
    calls.complete(reply);
    return this;
  }

  private Behavior<LaunchControlMessage> onOpen(LaunchControlMessage.Open open) {
    Flow flow = services.flow(open.task(), open.request(), calls, self);
    mutex.acquire(
        flow,
        () -> {
          users++;
          Runnable opened =
              () -> {
                mutex.release(flow);
                open.replyTo().tell(new LaunchControlMessage.Opened(open.call(), CallResult.OK));
              };
          if (pipes == null && services.config().launch().hasKernelLe()) {
            start(flow, opened);
          } else {
            opened.run();
          }
        });
    return this;
  }

  /**
   * Start the process and go on once it has been exec'ed; it builds its enclave on its own time.
   */
  private void start(Flow flow, Runnable then) {
    suspended = false;
    flow.run(
        START,
        ran ->
            services
                .kernel()
                .tell(
                    new KernelMessage.NewProcess(
                        TaskRef.Kind.LAUNCH_ENCLAVE,
                        calls.<KernelMessage.Process>expect(
                            process -> {
                              connect(flow, process);
                              then.run();
                            }),
                        self)));
  }

  private void connect(Flow flow, KernelMessage.Process process) {
    coldStarts++;
    ActorRef<LaunchProcessMessage.Request> ref =
        Children.spawn(
            getContext(),
            LaunchProcess.create(
                services,
                getContext().getSelf(),
                device,
                process.addressSpace(),
                process.task(),
                flow.request()),
            "launch-process-" + coldStarts);
    pipes = new LaunchPipes(ref, process.task());
  }

  private Behavior<LaunchControlMessage> onClose(LaunchControlMessage.Close close) {
    Flow flow = services.flow(close.task(), close.request(), calls, self);
    mutex.acquire(
        flow,
        () -> {
          users--;
          if (users == 0 && pipes != null) {
            pipes.kill();
            pipes = null;
          }
          mutex.release(flow);
          close.replyTo().tell(new LaunchControlMessage.Closed(close.call()));
        });
    return this;
  }

  private Behavior<LaunchControlMessage> onGetToken(LaunchControlMessage.GetToken get) {
    Flow flow = services.flow(get.task(), get.request(), calls, self);
    mutex.acquire(
        flow,
        () -> {
          boolean restart = restarts() && (pipes == null ? suspended : !pipes.isOpen());
          Runnable ask =
              () ->
                  new TokenCall(tokenCalls, flow, get, pipes)
                      .run(
                          (token, result) -> {
                            mutex.release(flow);
                            tokenCalls.answered++;
                            get.replyTo()
                                .tell(new LaunchControlMessage.Token(get.call(), token, result));
                          });
          if (restart) {
            start(flow, ask);
          } else {
            ask.run();
          }
        });
    return this;
  }

  private Behavior<LaunchControlMessage> onFromProcess(LaunchControlMessage.FromProcess data) {
    if (pipes != null && pipes.belongsTo(data.task())) {
      pipes.arrived(data.bytes());
    }
    return this;
  }

  private Behavior<LaunchControlMessage> onPaging(Paging paging) {
    if (pipes != null && pipes.belongsTo(paging.task())) {
      pipes.paging(paging.now());
    }
    return this;
  }

  private Behavior<LaunchControlMessage> onChildFailed(ChildFailed failed) {
    throw new IllegalStateException(failed.getRef() + " failed", failed.getCause());
  }

  /** The process has exited: its ends of the pipes are closed. */
  private Behavior<LaunchControlMessage> onProcessGone(Terminated gone) {
    if (pipes != null && pipes.belongsTo(gone.getRef())) {
      pipes.closed();
      if (whenSuspended != null) {
        pipes = null;
        suspended = true;
        whenSuspended.run();
        whenSuspended = null;
      }
    }
    return this;
  }

  private boolean restarts() {
    return !services.config().bugs().has(Bugs.NO_LE_RESTART);
  }

  /**
   * v5 leaves its process alone, and so finds it with a dead enclave afterwards: one that cannot be
   * restarted before the last close had better not be stopped. Otherwise it is stopped, as by the
   * DCAP driver, and its frames come back before the power goes.
   */
  private Behavior<LaunchControlMessage> onSuspend(LaunchControlMessage.Suspend suspend) {
    Runnable answer = () -> suspend.replyTo().tell(new Frozen(suspend.call()));
    if (pipes == null || !pipes.isOpen() || !restarts()) {
      answer.run();
    } else {
      whenSuspended = answer;
      pipes.kill();
    }
    return this;
  }

  private Behavior<LaunchControlMessage> onKillProcess() {
    if (pipes != null) {
      pipes.kill();
    }
    return this;
  }

  private Behavior<LaunchControlMessage> onAskCounters(LaunchControlMessage.AskCounters ask) {
    ask.replyTo()
        .tell(new LaunchControlMessage.Counters(ask.call(), tokenCalls.answered, coldStarts));
    return this;
  }
}
