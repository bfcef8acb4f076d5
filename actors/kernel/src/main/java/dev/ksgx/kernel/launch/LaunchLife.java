package dev.ksgx.kernel.launch;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import dev.ksgx.protocol.message.Reply;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import dev.ksgx.runtime.Children;
import dev.ksgx.runtime.probe.Resource;
import dev.ksgx.runtime.probe.State;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The life of the launch enclave's process, from exec to exec. Lives inside launch control. */
final class LaunchLife {
  private static final Burst START = Burst.of(Step.software(Work.FORK_EXEC));

  /** What is wrong with the program, and so with every process that runs it. */
  private static final Set<LaunchFault> OF_THE_PROGRAM =
      EnumSet.of(LaunchFault.SLOW, LaunchFault.OLD_LAYOUT, LaunchFault.DENYING);

  private static final LaunchProcessMessage.SetFault SOUND =
      new LaunchProcessMessage.SetFault(LaunchFault.NONE, 0);

  private final ActorContext<LaunchControlMessage> context;
  private final KernelServices services;
  private final ActorRef<DeviceMessage.Request> device;
  private final Calls calls;
  private final ActorRef<Reply> self;
  private final LaunchChannel channel;
  private final Resource lock;
  private final List<Runnable> waiting = new ArrayList<>();
  private final State told;
  private List<LaunchLine> lines = List.of();

  /** Null while no pid is set. */
  private LaunchSeat seat;

  /** Who is starting the process, or null. */
  private Flow starter;

  /** The process was stopped for a sleep: the next user starts another. */
  private boolean stopped;

  private LaunchProcessMessage.SetFault program = SOUND;
  private long coldStarts;

  /**
   * @param lock what those wait for who find that another starts the process
   */
  LaunchLife(
      ActorContext<LaunchControlMessage> context,
      KernelServices services,
      ActorRef<DeviceMessage.Request> device,
      Calls calls,
      LaunchChannel channel,
      Resource lock) {
    this.context = context;
    this.services = services;
    this.device = device;
    this.calls = calls;
    this.self = context.getSelf().narrow();
    this.channel = channel;
    this.lock = lock;
    this.told = services.probe().state("process");
  }

  /** Starts of the process so far. */
  long coldStarts() {
    return coldStarts;
  }

  /** Go on once there is a process, dead or alive. */
  void startIfAbsent(Flow flow, Runnable then) {
    start(flow, seat == null, then);
  }

  /** Go on once there is what a token call of this generation starts for itself. */
  void startForToken(Flow flow, Runnable then) {
    start(flow, channel.startsForToken(seat, stopped), then);
  }

  /**
   * Start the process and go on once it has been exec'ed; it builds its enclave on its own time.
   */
  private void start(Flow flow, boolean needed, Runnable then) {
    if (!needed) {
      then.run();
    } else if (starter != null) {
      flow.block();
      waiting.add(then);
      services
          .probe()
          .waiting(
              KernelServices.timeline(flow.task(), flow.request()), lock, starter.task().tid());
    } else {
      starter = flow;
      told.set("starting");
      stopped = false;
      flow.run(
          START,
          ran ->
              services
                  .kernel()
                  .tell(
                      new KernelMessage.NewProcess(
                          TaskRef.Kind.LAUNCH_ENCLAVE,
                          calls.<KernelMessage.Process>expect(
                              process -> addThreads(flow, process, new ArrayList<>(), then)),
                          self)));
    }
  }

  private void addThreads(
      Flow flow, KernelMessage.Process process, List<TaskRef> threads, Runnable then) {
    if (threads.isEmpty()) {
      threads.add(process.task());
    }
    if (threads.size() < services.config().launch().kernelLe().servers()) {
      services
          .kernel()
          .tell(
              new KernelMessage.NewThread(
                  process.task().pid(),
                  TaskRef.Kind.LAUNCH_ENCLAVE,
                  calls.<KernelMessage.NewTask>expect(
                      made -> {
                        threads.add(made.task());
                        addThreads(flow, process, threads, then);
                      }),
                  self));
      return;
    }
    connect(flow, process, threads);
    then.run();
    List<Runnable> others = List.copyOf(waiting);
    waiting.clear();
    others.forEach(Runnable::run);
  }

  private void connect(Flow flow, KernelMessage.Process process, List<TaskRef> threads) {
    coldStarts++;
    ActorRef<LaunchProcessMessage.Request> ref =
        Children.spawn(
            context,
            LaunchProcess.create(
                services,
                context.getSelf(),
                device,
                process.addressSpace(),
                threads,
                flow.request(),
                program),
            "launch-process-" + coldStarts);
    seat = new LaunchSeat(ref, threads);
    lines = channel.connect(seat);
    starter = null;
    told.set("running");
  }

  /** The last user has closed: the process is killed and its pid forgotten. */
  void stop() {
    kill();
    forget();
  }

  /** It has exited because the machine is about to sleep. */
  void stoppedForSleep() {
    forget();
    stopped = true;
  }

  private void forget() {
    seat = null;
    lines = List.of();
    told.set("absent");
  }

  void kill() {
    if (seat != null) {
      seat.process().tell(LaunchProcessMessage.Kill.NOW);
    }
  }

  /** Something is wrong from now on. */
  void fault(LaunchProcessMessage.SetFault set) {
    program = OF_THE_PROGRAM.contains(set.fault()) ? set : SOUND;
    if (seat != null) {
      seat.process().tell(set);
    }
  }

  /** That actor has ended. True if it was the process. */
  boolean exited(ActorRef<?> ended) {
    if (seat == null || !seat.process().equals(ended)) {
      return false;
    }
    seat.exited();
    told.set("exited");
    lines.forEach(LaunchLine::processExited);
    return true;
  }

  boolean isRunning() {
    return seat != null && seat.isAlive();
  }

  /** The line of that number, or null if no process was ever started or none is known. */
  LaunchLine line(int index) {
    return lines.isEmpty() ? null : lines.get(index);
  }

  /** The line at whose other end that thread is, or null if its process is not known any more. */
  LaunchLine lineTo(TaskRef thread) {
    int index = seat == null ? -1 : seat.indexOf(thread);
    return index < 0 ? null : lines.get(index);
  }
}
