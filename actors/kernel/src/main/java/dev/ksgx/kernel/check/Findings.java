package dev.ksgx.kernel.check;

import java.util.ArrayList;
import java.util.List;

/** Collects what does not balance, and knows how things are called. */
final class Findings {
  /** Owners of frames that are no pages with a linear address. */
  static final long SECS = -1;

  static final long VERSION_ARRAY = -2;

  private final List<Violation> all = new ArrayList<>();

  void add(Invariant invariant, String subject, String detail, Object... arguments) {
    all.add(new Violation(invariant, subject, detail.formatted(arguments)));
  }

  void addAll(Findings others) {
    all.addAll(others.all);
  }

  List<Violation> all() {
    return all;
  }

  /** What a frame or a slot is for: {@link #SECS}, {@link #VERSION_ARRAY} or a linear address. */
  static String owner(EnclaveView enclave, long owner) {
    return owner(enclave.number(), owner);
  }

  /** As {@link #owner(EnclaveView, long)}, of an enclave by its number. */
  static String owner(long enclave, long owner) {
    if (owner == SECS) {
      return "the SECS of enclave " + enclave;
    }
    return owner == VERSION_ARRAY
        ? "a version array of enclave " + enclave
        : "page 0x%x of enclave %d".formatted(owner, enclave);
  }

  static String frame(int frame) {
    return "frame " + frame;
  }

  static String enclave(EnclaveView enclave) {
    return "enclave " + enclave.number();
  }
}
