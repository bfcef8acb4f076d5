package dev.ksgx.kernel.embed;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.DaemonMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.SchedulerMessage;
import java.util.List;

/**
 * Faults from outside. Each operation ends when the actor concerned has taken the fault in: a
 * question to the same actor, answered after it, says so.
 */
final class Faults {
  private Faults() {}

  static Operation<Void> core(int core, CoreMessage.Request fault) {
    return (gateway, call) -> {
      ActorRef<CoreMessage.Request> ref = gateway.doors().cores().get(core);
      ref.tell(fault);
      ref.tell(new CoreMessage.AskCounters(taken(gateway, call), gateway.self()));
    };
  }

  static Operation<Void> unplug(int core) {
    return (gateway, call) -> {
      int left = gateway.doors().cores().size() - gateway.unplugged().cardinality();
      if (!gateway.unplugged().get(core) && left == 1) {
        call.fail(new IllegalArgumentException("core " + core + " is the last one online"));
        return;
      }
      gateway.unplugged().set(core);
      core(core, CoreMessage.Unplug.NOW).start(gateway, call);
    };
  }

  static Operation<Void> killLaunchEnclave() {
    return launchControl(
        LaunchControlMessage.KillProcess.NOW, new DaemonMessage.SetFault(LaunchFault.DEAD, 0));
  }

  static Operation<Void> launchEnclave(LaunchFault fault, long delayNanos) {
    return launchControl(
        new LaunchControlMessage.SetFault(fault, delayNanos),
        new DaemonMessage.SetFault(fault, delayNanos));
  }

  /** Whoever makes tokens takes the fault in; of several daemons each. */
  private static Operation<Void> launchControl(
      LaunchControlMessage.Request fault, DaemonMessage.Request ofDaemon) {
    return (gateway, call) -> {
      if (!gateway.doors().tokens().isEmpty()) {
        nextDaemon(gateway, 0, ofDaemon, call);
        return;
      }
      ActorRef<LaunchControlMessage.Request> control = gateway.doors().launchControl();
      control.tell(fault);
      control.tell(new LaunchControlMessage.AskCounters(taken(gateway, call), gateway.self()));
    };
  }

  private static void nextDaemon(
      Gateway gateway, int index, DaemonMessage.Request fault, OpenCall<Void> call) {
    List<KernelMessage.TokenSource> sources = gateway.doors().tokens();
    if (index == sources.size()) {
      call.succeed(null);
      return;
    }
    ActorRef<DaemonMessage.Request> daemon = sources.get(index).daemon();
    daemon.tell(fault);
    long number =
        gateway
            .calls()
            .<DaemonMessage.Counters>expect(taken -> nextDaemon(gateway, index + 1, fault, call));
    daemon.tell(new DaemonMessage.AskCounters(number, gateway.self()));
  }

  static Operation<Void> reloadModule() {
    return (gateway, call) -> {
      long number =
          gateway
              .calls()
              .<LaunchControlMessage.Reloaded>expect(
                  reloaded -> {
                    if (reloaded.result().isZero()) {
                      call.succeed(null);
                    } else {
                      call.fail(SgxException.call(SgxException.Phase.RELOAD, reloaded.result()));
                    }
                  });
      gateway.doors().launchControl().tell(new LaunchControlMessage.Reload(number, gateway.self()));
    };
  }

  static Operation<Void> updateMicrocode(Bytes cpuSvn) {
    return (gateway, call) ->
        gateway
            .kernel()
            .tell(new KernelMessage.UpdateMicrocode(cpuSvn, taken(gateway, call), gateway.self()));
  }

  static Operation<Integer> signal(ProcessSeat process) {
    return (gateway, call) -> {
      List<Turn> inCall = List.copyOf(process.inCall.values());
      inCall.forEach(Turn::signal);
      long number =
          gateway.calls().<SchedulerMessage.Cores>expect(taken -> call.succeed(inCall.size()));
      gateway.doors().scheduler().tell(new SchedulerMessage.AskCores(number, gateway.self()));
    };
  }

  private static long taken(Gateway gateway, OpenCall<Void> call) {
    return gateway.calls().expect(answer -> call.succeed(null));
  }
}
