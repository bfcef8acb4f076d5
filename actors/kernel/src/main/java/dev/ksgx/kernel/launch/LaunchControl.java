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
import dev.ksgx.kernel.config.KernelLe;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.flow.TaskLock;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.Frozen;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.Resource;
import java.util.function.Supplier;

/**
 * Who may ask the kernel's launch enclave, and in what order (driver.md 5.1, 5.2): one lock around
 * its start, its stop and every request, so that the machine has one outstanding token request. An
 * open() that starts it and the last close take the same lock, and whoever waits for it cannot be
 * interrupted; a close that leaves users behind takes none. What is said under the lock, and how,
 * is the {@link LaunchChannel}'s business.
 *
 * <p>MODEL: with n servers the lock has n permits, and each holder has a line of its own to one
 * thread; open and close take one permit too.
 */
public final class LaunchControl extends AbstractBehavior<LaunchControlMessage> {
  /** The kernel begins to serve a page fault of a thread of the process, or has served it. */
  record Paging(TaskRef task, boolean now) implements LaunchControlMessage {}

  private final KernelServices services;
  private final Calls calls = new Calls();
  private final ActorRef<Reply> self;
  private final TaskLock lock;
  private final LaunchChannel channel;
  private final LaunchLife life;
  private final TokenCall.Context tokenCalls;
  private int users;
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
    this.self = context.getSelf().narrow();
    // With a daemon there is no launch enclave here that anybody could wait for.
    boolean elsewhere = services.config().launch().hasUserLe();
    Probe probe = elsewhere ? Probe.off() : services.probe();
    int servers = services.config().launch().kernelLe().servers();
    this.lock = TaskLock.semaphore(probe, probe.resource("launch-enclave", servers), servers);
    this.channel = channel(probe, servers);
    this.life = new LaunchLife(context, services, device, calls, channel, lock.resource());
    TaskLock hashLock =
        channel.hashesApart() ? TaskLock.mutex(probe, probe.resource("launch-hash", 1)) : null;
    this.tokenCalls = new TokenCall.Context(lock, hashLock, life, servers);
  }

  private LaunchChannel channel(Probe probe, int servers) {
    Resource reply = probe.resource("launch-enclave-reply", 1);
    Supplier<ReplySleep> sleeps = () -> new ReplySleep(services, calls, reply);
    KernelLe.Channel choice = services.config().launch().kernelLe().channel();
    return switch (choice) {
      case PIPES -> new PipeChannel(services, servers, sleeps);
      case SLOT -> SlotChannel.files(services.config().bugs(), servers, sleeps, probe);
      case IOCTLS -> SlotChannel.ioctls(servers, sleeps, probe);
    };
  }

  @Override
  public Receive<LaunchControlMessage> createReceive() {
    return newReceiveBuilder()
        .onMessage(Reply.class, this::onReply)
        .onMessage(LaunchControlMessage.GetToken.class, this::onGetToken)
        .onMessage(LaunchControlMessage.FromThread.class, this::onFromThread)
        .onMessage(Paging.class, this::onPaging)
        .onMessage(LaunchControlMessage.Open.class, this::onOpen)
        .onMessage(LaunchControlMessage.Close.class, this::onClose)
        .onMessage(LaunchControlMessage.KillProcess.class, kill -> onKillProcess())
        .onMessage(LaunchControlMessage.SetFault.class, this::onSetFault)
        .onMessage(LaunchControlMessage.Suspend.class, this::onSuspend)
        .onMessage(LaunchControlMessage.Reload.class, this::onReload)
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
    users++;
    Runnable opened =
        () -> open.replyTo().tell(new LaunchControlMessage.Opened(open.call(), CallResult.OK));
    if (!services.config().launch().hasKernelLe() || !channel.startsAtOpen()) {
      opened.run();
      return this;
    }
    Flow flow = services.flow(open.task(), open.request(), calls, self);
    lock.acquire(
        flow,
        () ->
            life.startIfAbsent(
                flow,
                () -> {
                  lock.release(flow);
                  opened.run();
                }));
    return this;
  }

  private Behavior<LaunchControlMessage> onClose(LaunchControlMessage.Close close) {
    users--;
    Runnable closed = () -> close.replyTo().tell(new LaunchControlMessage.Closed(close.call()));
    if (users > 0) {
      closed.run();
      return this;
    }
    Flow flow = services.flow(close.task(), close.request(), calls, self);
    lock.acquire(
        flow,
        () -> {
          if (users == 0) {
            life.stop();
          }
          lock.release(flow);
          closed.run();
        });
    return this;
  }

  private Behavior<LaunchControlMessage> onGetToken(LaunchControlMessage.GetToken get) {
    Flow flow = services.flow(get.task(), get.request(), calls, self);
    new TokenCall(
            tokenCalls,
            flow,
            get,
            (token, result) ->
                get.replyTo().tell(new LaunchControlMessage.Token(get.call(), token, result)))
        .run();
    return this;
  }

  private Behavior<LaunchControlMessage> onFromThread(LaunchControlMessage.FromThread message) {
    LaunchLine line = life.lineTo(message.task());
    if (line != null) {
      line.heard(message);
    }
    return this;
  }

  private Behavior<LaunchControlMessage> onPaging(Paging paging) {
    LaunchLine line = life.lineTo(paging.task());
    if (line != null) {
      line.paging(paging.now());
    }
    return this;
  }

  private Behavior<LaunchControlMessage> onChildFailed(ChildFailed failed) {
    throw new IllegalStateException(failed.getRef() + " failed", failed.getCause());
  }

  /** The process has exited: its ends of the lines are closed. */
  private Behavior<LaunchControlMessage> onProcessGone(Terminated gone) {
    if (life.exited(gone.getRef()) && whenSuspended != null) {
      life.stoppedForSleep();
      whenSuspended.run();
      whenSuspended = null;
    }
    return this;
  }

  private Behavior<LaunchControlMessage> onSuspend(LaunchControlMessage.Suspend suspend) {
    Runnable answer = () -> suspend.replyTo().tell(new Frozen(suspend.call()));
    if (life.isRunning() && channel.stopsForSleep()) {
      whenSuspended = answer;
      life.kill();
    } else {
      answer.run();
    }
    return this;
  }

  private Behavior<LaunchControlMessage> onKillProcess() {
    life.kill();
    return this;
  }

  private Behavior<LaunchControlMessage> onSetFault(LaunchControlMessage.SetFault set) {
    if (set.fault() == LaunchFault.DEAD) {
      life.kill();
    } else {
      life.fault(new LaunchProcessMessage.SetFault(set.fault(), set.delayNanos()));
    }
    return this;
  }

  private Behavior<LaunchControlMessage> onReload(LaunchControlMessage.Reload reload) {
    CallResult result = CallResult.OK;
    if (users > 0) {
      result = CallResult.failed(Errno.EBUSY, "rmmod: the device is open");
    } else {
      channel.forget();
    }
    reload.replyTo().tell(new LaunchControlMessage.Reloaded(reload.call(), result));
    return this;
  }

  private Behavior<LaunchControlMessage> onAskCounters(LaunchControlMessage.AskCounters ask) {
    ask.replyTo()
        .tell(
            new LaunchControlMessage.Counters(
                ask.call(), tokenCalls.answered(), life.coldStarts()));
    return this;
  }
}
