package dev.ksgx.kernel.embed;

import java.util.Set;

/** What may become of a call in a storm, and what it is called. */
final class StormRefusals {
  /** What an access from outside may end with: its enclave, or its process, has gone. */
  static final Set<String> OUTSIDE =
      Set.of("ACCESS -EINTR", "ACCESS the process is being killed", "ACCESS the enclave is gone");

  /** What may become of a launch or a visit whose process is being killed, and of no other. */
  static final Set<String> OF_THE_KILLED =
      Set.of(
          "OPEN -EINTR",
          "MMAP -EINTR",
          "CREATE -EINTR",
          "CREATE -ERESTARTSYS", // while it reclaimed for itself
          "ADD -EINTR",
          "ADD -ERESTARTSYS",
          "ADD -EINVAL", // the enclave is dead
          "INIT -EINTR",
          "INIT SGX_INVALID_MEASUREMENT", // the add worker found no users left
          "ENTER -EINTR",
          "ENTER the process is being killed");

  private StormRefusals() {}

  /** Phase and errno, or why there was a fault. */
  static String name(SgxException why) {
    return why.phase() + " " + (why.code().equals("fault") ? reason(why) : why.code());
  }

  private static String reason(SgxException why) {
    String check = why.check();
    if (check.contains("the process is being killed")) {
      return "the process is being killed";
    }
    boolean gone =
        check.startsWith("no enclave covers")
            || check.contains("no SGX mapping covers")
            || check.contains("the enclave is dead")
            // another is being built where it was
            || check.contains("no enclave was created there")
            || check.contains("the enclave is not initialized")
            || check.contains("the enclave has no page there");
    // From inside it never should be; then the check is what one wants to read.
    return gone && why.phase() == SgxException.Phase.ACCESS ? "the enclave is gone" : check;
  }
}
