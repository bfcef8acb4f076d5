package dev.ksgx.kernel;

/** Whether an eviction has got as far as EBLOCK. */
final class Blocked {
  private Blocked() {}

  static boolean any(Rig rig) {
    for (int frame = 0; frame < rig.machine.epc().frames(); frame++) {
      if (rig.machine.epc().inspect(frame).blocked()) {
        return true;
      }
    }
    return false;
  }
}
