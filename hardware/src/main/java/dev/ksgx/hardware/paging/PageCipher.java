package dev.ksgx.hardware.paging;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.MacHeader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.macs.SipHash128;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Encryption of pages that leave the EPC (isa.md 8.1): AES-GCM under CR_BASE_PK, IV = 4 zero bytes
 * and the version as 8 big-endian bytes, the MAC header as associated data, a tag of 16 bytes. The
 * JDK's AES-GCM, because its intrinsics are far ahead of any portable code (see README).
 *
 * <p>A page that never had contents is not encrypted; header and version are authenticated by
 * SipHash-128 under a key of its own. Either tag is refused for the other kind of page.
 *
 * <p>Each logical processor has its own, since the ciphers inside have state.
 */
public final class PageCipher {
  private static final int PAGE_BYTES = 4096;
  private static final int TAG_BYTES = 16;
  private static final int IV_BYTES = 12;

  private final SecretKeySpec key;
  private final KeyParameter keyWithoutContents;
  private final byte[] buffer = new byte[PAGE_BYTES + TAG_BYTES];
  private final byte[] header = new byte[MacHeader.LAYOUT.size()];

  /** Made when first needed: to find it takes the platform longer than to build a machine. */
  private Cipher gcm;

  /**
   * @param basePk CR_BASE_PK, 16 bytes
   */
  public PageCipher(Bytes basePk) {
    key = new SecretKeySpec(basePk.toByteArray(), "AES");
    Bytes label = Bytes.copyOf("ksgx no contents".getBytes(StandardCharsets.US_ASCII));
    Bytes other = Bytes.concat(basePk, label).sha256().slice(0, TAG_BYTES);
    keyWithoutContents = new KeyParameter(other.toByteArray());
  }

  /** A page as it leaves, and the tag for its PCMD. */
  public record Sealed(EncryptedPage page, Bytes mac) {}

  /**
   * Encrypts a page and authenticates it with its header and version; the shared page of zeros
   * becomes {@link EncryptedPage#NO_CONTENTS}.
   *
   * @param page 4096 bytes
   * @param version used for no other page
   */
  public Sealed seal(Bytes page, MacHeader macHeader, long version) {
    if (page == Bytes.zeros(PAGE_BYTES)) {
      return new Sealed(EncryptedPage.NO_CONTENTS, macWithoutContents(macHeader, version));
    }
    byte[] out = new byte[PAGE_BYTES + TAG_BYTES];
    page.copyTo(0, buffer, 0, PAGE_BYTES);
    try {
      start(Cipher.ENCRYPT_MODE, macHeader, version);
      gcm.doFinal(buffer, 0, PAGE_BYTES, out, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM of version " + version, e);
    }
    return new Sealed(
        EncryptedPage.of(Bytes.copyOf(out, 0, PAGE_BYTES)),
        Bytes.copyOf(out, PAGE_BYTES, TAG_BYTES));
  }

  /**
   * The 4096 bytes of a page if page, header, version and tag belong together, else null.
   *
   * @param mac PCMD.MAC, 16 bytes
   */
  public Bytes open(EncryptedPage page, Bytes mac, MacHeader macHeader, long version) {
    if (!page.hasContents()) {
      return macWithoutContents(macHeader, version).equals(mac) ? Bytes.zeros(PAGE_BYTES) : null;
    }
    byte[] out = new byte[PAGE_BYTES];
    page.ciphertext().copyTo(0, buffer, 0, PAGE_BYTES);
    mac.copyTo(0, buffer, PAGE_BYTES, TAG_BYTES);
    try {
      start(Cipher.DECRYPT_MODE, macHeader, version);
      gcm.doFinal(buffer, 0, buffer.length, out, 0);
      return Bytes.copyOf(out);
    } catch (AEADBadTagException e) {
      return null;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM of version " + version, e);
    }
  }

  private void start(int mode, MacHeader macHeader, long version) throws GeneralSecurityException {
    byte[] iv = new byte[IV_BYTES];
    for (int i = 0; i < Long.BYTES; i++) {
      iv[IV_BYTES - 1 - i] = (byte) (version >>> 8 * i);
    }
    if (gcm == null) {
      gcm = Cipher.getInstance("AES/GCM/NoPadding");
    }
    gcm.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, iv));
    macHeader.bytes().copyTo(0, header, 0, header.length);
    gcm.updateAAD(header);
  }

  private Bytes macWithoutContents(MacHeader macHeader, long version) {
    SipHash128 mac = new SipHash128();
    mac.init(keyWithoutContents);
    for (int i = 0; i < Long.BYTES; i++) {
      mac.update((byte) (version >>> 8 * i));
    }
    macHeader.bytes().copyTo(0, header, 0, header.length);
    mac.update(header, 0, header.length);
    byte[] tag = new byte[TAG_BYTES];
    mac.doFinal(tag, 0);
    return Bytes.copyOf(tag);
  }
}
