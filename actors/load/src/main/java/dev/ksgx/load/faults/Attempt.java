package dev.ksgx.load.faults;

import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.embed.SgxException;
import dev.ksgx.kernel.embed.SgxProcess;
import dev.ksgx.kernel.embed.SimulatedKernel;
import java.util.List;
import java.util.Locale;

/** One launch by one process, and how it went. */
final class Attempt {
  final SgxProcess process;
  private final SimulatedKernel kernel;
  private final long beganNanos;
  private long endedNanos;
  private long request = -1;
  private String result = FaultRow.WAITS;

  private Attempt(SimulatedKernel kernel, SgxProcess process) {
    this.kernel = kernel;
    this.process = process;
    this.beganNanos = kernel.nowNanos();
  }

  /** Begins now; opens the device first if the process has not. */
  static Attempt begin(SimulatedKernel kernel, SgxProcess process, SignedEnclave enclave) {
    Attempt attempt = new Attempt(kernel, process);
    process
        .async()
        .launch(enclave)
        .whenComplete(
            (launched, failure) -> attempt.end(failure == null ? FaultRow.OK : name(failure)));
    return attempt;
  }

  private void end(String how) {
    result = how;
    endedNanos = kernel.nowNanos();
  }

  private static String name(Throwable failure) {
    Throwable cause = failure;
    while (!(cause instanceof SgxException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (!(cause instanceof SgxException refused)) {
      throw new IllegalStateException("a launch failed without a result", failure);
    }
    return refused.phase() == SgxException.Phase.INIT
        ? refused.code()
        : refused.phase().name().toLowerCase(Locale.ROOT) + ": " + refused.code();
  }

  /** Under which the probe knows it, if it was first asked while it was under way; else -1. */
  long request() {
    if (request < 0 && !isOver()) {
      List<Long> underWay = kernel.await(process.async().requests());
      request = underWay.isEmpty() ? -1 : underWay.get(underWay.size() - 1);
    }
    return request;
  }

  boolean isOver() {
    return !result.equals(FaultRow.WAITS);
  }

  boolean succeeded() {
    return result.equals(FaultRow.OK);
  }

  String result() {
    return result;
  }

  /** From its begin to its end, or to now. */
  long nanos() {
    return (isOver() ? endedNanos : kernel.nowNanos()) - beganNanos;
  }

  double micros() {
    return nanos() / 1000.0;
  }
}
