package dev.ksgx.kernel.launch;

import dev.ksgx.kernel.KernelServices;
import dev.ksgx.kernel.flow.Calls;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.runtime.probe.Resource;

/**
 * Where a caller sleeps until the launch enclave has answered, or a signal comes: one caller at a
 * time. Who waits for a launch enclave that is being paged in waits for its pages, and the probe is
 * told so.
 */
final class ReplySleep {
  private final KernelServices services;
  private final Calls calls;
  private final Resource reply;
  private boolean paging;
  private Flow sleeper;
  private TaskRef server;
  private long sleep;
  private Runnable woken;

  /**
   * @param reply what a caller waits for between its request and the answer
   */
  ReplySleep(KernelServices services, Calls calls, Resource reply) {
    this.services = services;
    this.calls = calls;
    this.reply = reply;
  }

  /** Sleep for what {@code server} will answer. */
  void begin(Flow flow, TaskRef server, Runnable woken, Runnable interrupted) {
    this.sleeper = flow;
    this.server = server;
    this.woken = woken;
    sleep =
        flow.blockInterruptibly(
            signal -> {
              sleeper = null;
              interrupted.run();
            });
    report();
  }

  /** Wake the sleeper, if there is one. */
  void wake() {
    if (sleeper != null) {
      calls.forget(sleep);
      sleeper = null;
      woken.run();
    }
  }

  /** The kernel begins to serve a page fault of the server, or has served it. */
  void paging(boolean now) {
    paging = now;
    if (sleeper != null) {
      report();
    }
  }

  private void report() {
    services
        .probe()
        .waiting(
            KernelServices.timeline(sleeper.task(), sleeper.request()),
            paging ? services.lePaging() : reply,
            server.tid());
  }
}
