package dev.ksgx.hardware.crypto;

import dev.ksgx.hardware.structure.Bytes;

/**
 * The machine's key derivation. Intel's is not published and rests on a secret of each part (isa.md
 * 7.4), so the model has its own: AES-CMAC, keyed with the device root, over all values of isa.md
 * 7.3 ({@link KeyField}). A switch gives the keys of the Intel SDK's simulation mode instead.
 */
public final class KeyDerivation {
  private final KeyLayout layout;
  private final Bytes deviceRoot;

  /**
   * @param deviceRoot secret of the device, 16 bytes; the SDK's simulation does without one
   */
  public KeyDerivation(KeyLayout layout, Bytes deviceRoot) {
    this.layout = layout;
    this.deviceRoot = deviceRoot;
  }

  /** The layout in use. */
  public KeyLayout layout() {
    return layout;
  }

  /** The key with these dependencies, 16 bytes. */
  public Bytes derive(KeyDependencies dependencies) {
    return layout == KeyLayout.SDK_SIMULATION
        ? SdkSimulation.derive(dependencies)
        : Cmac.aesCmac(deviceRoot, dependencies.all());
  }

  /**
   * Whether a key for CPUSVN {@code requested} may be had on a processor at {@code current}. CPUSVN
   * is not a number: the model takes it as 16 bytes, none of which may be beyond its counterpart.
   */
  public boolean cpuSvnIsLegal(Bytes requested, Bytes current) {
    if (layout == KeyLayout.SDK_SIMULATION) {
      return SdkSimulation.isLegal(requested, current);
    }
    for (int i = 0; i < current.length(); i++) {
      if (requested.u8(i) > current.u8(i)) {
        return false;
      }
    }
    return true;
  }

  /** The CPUSVN that enters the key when this one was requested. */
  public Bytes effectiveCpuSvn(Bytes requested) {
    return layout == KeyLayout.SDK_SIMULATION ? SdkSimulation.effective(requested) : requested;
  }
}
