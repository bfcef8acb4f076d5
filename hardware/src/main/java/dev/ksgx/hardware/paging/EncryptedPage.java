package dev.ksgx.hardware.paging;

import dev.ksgx.hardware.measure.MeasurementNode;
import dev.ksgx.hardware.structure.Bytes;

/**
 * What EWB wrote to SRCPGE.
 *
 * @param ciphertext 4096 bytes, or null for a page that never had contents (see {@link
 *     #NO_CONTENTS})
 * @param running the running measurement of an SECS that was not initialised, else null. The page
 *     itself has its hash and its length, so that no other is accepted; the state of the JDK's
 *     SHA-256 cannot be written down as bytes
 */
public record EncryptedPage(Bytes ciphertext, MeasurementNode running) {
  /**
   * Stands for a page of zeros that nobody ever wrote to. It is neither encrypted nor kept; all
   * that is authenticated of any other page is authenticated of it too.
   */
  public static final EncryptedPage NO_CONTENTS = new EncryptedPage(null, null);

  private static final int PAGE_BYTES = 4096;

  /**
   * @throws IllegalArgumentException if there are bytes but not 4096
   */
  public EncryptedPage {
    if (ciphertext != null && ciphertext.length() != PAGE_BYTES) {
      throw new IllegalArgumentException(
          "encrypted page: " + ciphertext.length() + " bytes, expected " + PAGE_BYTES);
    }
  }

  /** A page of 4096 encrypted bytes. */
  public static EncryptedPage of(Bytes ciphertext) {
    return new EncryptedPage(ciphertext, null);
  }

  /** Whether there are bytes to keep. */
  public boolean hasContents() {
    return ciphertext != null;
  }
}
