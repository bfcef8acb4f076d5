package dev.ksgx.kernel;

import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.runtime.probe.ProbeListener;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that launch, unmap, launch again, each as soon as it can: a closed loop that saturates.
 */
final class Storm {
  private final Rig rig;
  private final SignedEnclave enclave;
  private final List<Rig.Process> processes = new ArrayList<>();
  private long wanted = Long.MAX_VALUE;
  private long started;
  private long launched;
  private long failed;
  private long ended;

  /** Processes with the device open and the launch enclave built; nothing runs yet. */
  Storm(Rig rig, int processes, SignedEnclave enclave) {
    this.rig = rig;
    this.enclave = enclave;
    for (int i = 0; i < processes; i++) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.block(process.task());
      this.processes.add(process);
    }
    rig.system().runToQuiescence().orThrow();
  }

  /** Runs {@code launches} launches in all, to the end of the last unmap. */
  void run(long launches) {
    wanted = launches;
    start();
    rig.system().runToQuiescence().orThrow();
    if (ended != processes.size()) {
      throw new AssertionError(ended + " of " + processes.size() + " processes came to their end");
    }
  }

  /** Starts the loops; they never end by themselves. */
  void start() {
    for (Rig.Process process : processes) {
      rig.inside(() -> next(process));
    }
  }

  private void next(Rig.Process process) {
    if (started == wanted) {
      ended++;
      rig.block(process.task());
      return;
    }
    started++;
    RequestId request = rig.newRequest();
    rig.system().probe().mark(request.value(), "start");
    rig.launchInside(
        process,
        enclave,
        request,
        outcome -> {
          rig.system().probe().done(request.value());
          if (outcome.result().isZero()) {
            launched++;
          } else {
            failed++;
          }
          rig.munmapInside(
              process, outcome.address(), enclave.image().sizeBytes(), unmapped -> next(process));
        });
  }

  /** Enclaves initialised so far. */
  long launched() {
    return launched;
  }

  /** Launches that failed. */
  long failed() {
    return failed;
  }

  List<Rig.Process> processes() {
    return processes;
  }

  /** Listens to the probe of the storm's system. */
  void listen(ProbeListener listener) {
    rig.system().probe().addListener(listener);
  }
}
