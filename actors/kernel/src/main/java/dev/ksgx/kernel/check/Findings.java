package dev.ksgx.kernel.check;

import java.util.ArrayList;
import java.util.List;

/** Collects what does not balance, and knows how things are called. */
final class Findings {
  private final List<Violation> all = new ArrayList<>();

  void add(Invariant invariant, String subject, String detail, Object... arguments) {
    all.add(new Violation(invariant, subject, detail.formatted(arguments)));
  }

  List<Violation> all() {
    return all;
  }

  static String frame(int frame) {
    return "frame " + frame;
  }

  static String enclave(EnclaveView enclave) {
    return "enclave " + enclave.number();
  }

  static String page(EnclaveView enclave, long address) {
    return "page 0x%x of enclave %d".formatted(address, enclave.number());
  }

  static String secs(EnclaveView enclave) {
    return "the SECS of enclave " + enclave.number();
  }

  static String versionArray(EnclaveView enclave) {
    return "a version array of enclave " + enclave.number();
  }
}
