package dev.ksgx.load.scenario;

/**
 * KVM guests that initialise enclaves of their own beside the load, checked.
 *
 * @param vcpus their virtual processors, each a task of the host; 0: there are none
 * @param ratePerSecond EINITs per second of all of them together
 * @param hash what a guest's EINIT leaves in the hash MSRs of its core
 */
public record GuestPlan(int vcpus, double ratePerSecond, Hash hash) {

  /** Whose hash it is. */
  public enum Hash {
    /** Of nobody that the host launches. */
    OTHER,
    /** Of model signer 0, who signs the embedded images. */
    SIGNER,
    /** Of the signer of the host's launch enclave. */
    LAUNCH_ENCLAVE
  }

  /** Reads the keys of {@code load.guests}. */
  static GuestPlan from(Values load) {
    return new GuestPlan(
        load.count("guests.vcpus", 0, 4096),
        load.positive("guests.rate", LoadPlan.MAX_RATE, "EINITs per second"),
        load.choice("guests.hash", Hash.values()));
  }
}
