package dev.ksgx.hardware.crypto;

import dev.ksgx.hardware.structure.Bytes;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.macs.CMac;
import org.bouncycastle.crypto.params.KeyParameter;

/** AES-CMAC (RFC 4493) with a 128-bit key: the MAC of EINITTOKEN and REPORT. */
public final class Cmac {
  private static final int SIZE = 16;

  private Cmac() {}

  /**
   * The AES-CMAC of {@code parts}, taken one after the other as one message.
   *
   * @param key16 the key, 16 bytes
   * @return 16 bytes
   * @throws IllegalArgumentException if the key has another size
   */
  public static Bytes aesCmac(Bytes key16, Bytes... parts) {
    if (key16.length() != SIZE) {
      throw new IllegalArgumentException(
          "AES-CMAC key: " + key16.length() + " bytes, expected " + SIZE);
    }
    CMac mac = new CMac(AESEngine.newInstance());
    mac.init(new KeyParameter(key16.toByteArray()));
    for (Bytes part : parts) {
      mac.update(part.toByteArray(), 0, part.length());
    }
    byte[] tag = new byte[SIZE];
    mac.doFinal(tag, 0);
    return Bytes.copyOf(tag);
  }
}
