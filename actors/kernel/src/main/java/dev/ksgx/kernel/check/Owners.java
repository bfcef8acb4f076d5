package dev.ksgx.kernel.check;

/** Which enclave claims which frame, and for what. */
final class Owners {
  private final EnclaveView[] enclaves;
  private final long[] owners;
  private final Findings findings;

  Owners(int frames, Findings findings) {
    this.enclaves = new EnclaveView[frames];
    this.owners = new long[frames];
    this.findings = findings;
  }

  /**
   * @param frame -1 claims nothing
   * @param owner see {@link Findings#owner}
   */
  void claim(int frame, EnclaveView enclave, long owner) {
    if (frame < 0) {
      return;
    }
    if (enclaves[frame] != null) {
      findings.add(
          Invariant.ONE_OWNER,
          Findings.frame(frame),
          "holds %s and %s",
          Findings.owner(enclaves[frame], owners[frame]),
          Findings.owner(enclave, owner));
    }
    enclaves[frame] = enclave;
    owners[frame] = owner;
  }

  boolean has(int frame) {
    return enclaves[frame] != null;
  }
}
