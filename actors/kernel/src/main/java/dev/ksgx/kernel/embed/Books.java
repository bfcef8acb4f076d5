package dev.ksgx.kernel.embed;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.cpu.Machine;
import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.protocol.message.CoreMessage;
import dev.ksgx.protocol.message.DaemonMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.SwapperMessage;
import java.util.ArrayList;
import java.util.List;

/** What the kernel has counted, and its end: every process exits. */
final class Books {
  /** Between two looks at whether the launch enclave's process has given its frames back. */
  private static final long POLL_NANOS = 1_000_000;

  private static final int POLLS = 1_000;

  private Books() {}

  static Operation<EpcMessage.Counters> epc() {
    return (gateway, call) -> {
      long number = gateway.calls().<EpcMessage.Counters>expect(call::succeed);
      gateway.doors().epc().tell(new EpcMessage.AskCounters(number, gateway.self()));
    };
  }

  static Operation<SwapperMessage.Counters> swapper() {
    return (gateway, call) -> {
      long number = gateway.calls().<SwapperMessage.Counters>expect(call::succeed);
      gateway.doors().swapper().tell(new SwapperMessage.AskCounters(number, gateway.self()));
    };
  }

  static Operation<LaunchControlMessage.Counters> launchEnclave() {
    return (gateway, call) -> {
      long number = gateway.calls().<LaunchControlMessage.Counters>expect(call::succeed);
      gateway
          .doors()
          .launchControl()
          .tell(new LaunchControlMessage.AskCounters(number, gateway.self()));
    };
  }

  /** Fails where there is no daemon. */
  static Operation<DaemonMessage.Counters> daemon() {
    return (gateway, call) -> {
      if (gateway.doors().tokens().isEmpty()) {
        call.fail(noDaemon());
        return;
      }
      nextDaemon(gateway, 0, null, call);
    };
  }

  static IllegalStateException noDaemon() {
    return new IllegalStateException("no launch daemon: the kernel's launch is not user-le");
  }

  private static void nextDaemon(
      Gateway gateway,
      int index,
      DaemonMessage.Counters before,
      OpenCall<DaemonMessage.Counters> call) {
    List<KernelMessage.TokenSource> sources = gateway.doors().tokens();
    if (index == sources.size()) {
      call.succeed(before);
      return;
    }
    long number =
        gateway
            .calls()
            .<DaemonMessage.Counters>expect(
                told ->
                    nextDaemon(
                        gateway, index + 1, before == null ? told : before.plus(told), call));
    sources.get(index).daemon().tell(new DaemonMessage.AskCounters(number, gateway.self()));
  }

  static Operation<List<CoreMessage.Counters>> cores() {
    return (gateway, call) -> nextCore(gateway, new ArrayList<>(), call);
  }

  private static void nextCore(
      Gateway gateway,
      List<CoreMessage.Counters> found,
      OpenCall<List<CoreMessage.Counters>> call) {
    List<ActorRef<CoreMessage.Request>> cores = gateway.doors().cores();
    if (found.size() == cores.size()) {
      call.succeed(List.copyOf(found));
      return;
    }
    long number =
        gateway
            .calls()
            .<CoreMessage.Counters>expect(
                counters -> {
                  found.add(counters);
                  nextCore(gateway, found, call);
                });
    cores.get(found.size()).tell(new CoreMessage.AskCounters(number, gateway.self()));
  }

  /** The EPC manager's figures beside those of the EPCM. */
  static Operation<KernelAudit> audit(Machine machine, OpenCalls calls, long injectedConflicts) {
    return (gateway, call) -> {
      long number =
          gateway
              .calls()
              .<EpcMessage.Counters>expect(
                  epc -> call.succeed(audit(machine, epc, injectedConflicts, calls.size() - 1)));
      gateway.doors().epc().tell(new EpcMessage.AskCounters(number, gateway.self()));
    };
  }

  private static KernelAudit audit(
      Machine machine, EpcMessage.Counters epc, long injectedConflicts, int openCalls) {
    int owned = 0;
    int inUse = 0;
    for (int frame = 0; frame < epc.frames(); frame++) {
      EpcInspection seen = machine.epc().inspect(frame);
      owned += seen.valid() ? 1 : 0;
      inUse += seen.accessWord() == 0 ? 0 : 1;
    }
    long conflicts = Math.max(0, machine.conflicts() - injectedConflicts);
    return new KernelAudit(epc.frames(), epc.free(), owned, inUse, conflicts, openCalls);
  }

  /**
   * Every process exits, with the last one the launch enclave's, and the launch daemon; completes
   * when all frames are free, or after {@link #POLLS} looks all the same.
   */
  static Operation<Void> exitAll() {
    return (gateway, call) -> exitNext(gateway, List.copyOf(gateway.processes().values()), 0, call);
  }

  private static void exitNext(
      Gateway gateway, List<ProcessSeat> processes, int index, OpenCall<Void> call) {
    if (index == processes.size()) {
      stopDaemons(gateway, 0, () -> awaitFree(gateway, POLLS, call));
      return;
    }
    SystemCalls.exit(
        gateway, processes.get(index), () -> exitNext(gateway, processes, index + 1, call));
  }

  private static void stopDaemons(Gateway gateway, int index, Runnable then) {
    List<KernelMessage.TokenSource> sources = gateway.doors().tokens();
    if (index == sources.size()) {
      then.run();
      return;
    }
    long number =
        gateway
            .calls()
            .<DaemonMessage.Stopped>expect(stopped -> stopDaemons(gateway, index + 1, then));
    sources.get(index).daemon().tell(new DaemonMessage.Stop(number, gateway.self()));
  }

  private static void awaitFree(Gateway gateway, int polls, OpenCall<Void> call) {
    long number =
        gateway
            .calls()
            .<EpcMessage.Counters>expect(
                epc -> {
                  if (epc.free() == epc.frames() || polls == 0) {
                    call.succeed(null);
                  } else {
                    gateway.after(POLL_NANOS, () -> awaitFree(gateway, polls - 1, call));
                  }
                });
    gateway.doors().epc().tell(new EpcMessage.AskCounters(number, gateway.self()));
  }
}
