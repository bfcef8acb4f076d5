package dev.ksgx.kernel.policy;

import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.math.ec.ECPoint;

/**
 * The signers whose production enclaves Intel's launch enclave gives tokens to. All numbers are
 * big-endian:
 *
 * <pre>
 *   0    8  provider: version, certificate type, provider, root (u16 each)
 *   8   64  provider's key, a point of P-256
 *  72   64  signature of the root over 0 to 71
 * 136    8  list: format 1, certificate type 1, provider, product of the launch enclave (u16 each)
 * 144    4  version of the list
 * 148    4  n, the number of signers, at most 2,048
 * 152  32n  MRSIGNERs
 *       64  signature of the provider over 136 to here
 * </pre>
 *
 * The provider's signature must hold, so a file that was damaged is not a policy. The root's is not
 * looked at: whoever configures the daemon says whose list it is.
 *
 * @param version of the list; it rises
 * @param signers MRSIGNERs, 32 bytes each, in the order of the file
 * @param digest SHA-256 of the whole file, 32 bytes
 */
public record WhiteList(long version, Set<Bytes> signers, Bytes digest) implements LaunchPolicy {
  /** Most signers that the launch enclave has room for (driver.md 5.4). */
  public static final int MAX_SIGNERS = 2048;

  private static final int KEY = 8;
  private static final int LIST = 136;
  private static final int SIGNERS = 152;
  private static final int SIGNER_BYTES = 32;
  private static final int SIGNATURE_BYTES = 64;

  public WhiteList {
    signers = Collections.unmodifiableSet(new LinkedHashSet<>(signers));
  }

  /** Debug enclaves need not be on it. */
  @Override
  public String refusal(Bytes mrsigner, Attributes attributes) {
    return LaunchPolicy.isDebug(attributes) || signers.contains(mrsigner)
        ? ""
        : "signer " + mrsigner.hex() + " is not on white list " + version;
  }

  /**
   * The list in a file.
   *
   * @throws IllegalArgumentException one line: the file, what is wrong with it, what would be right
   */
  public static WhiteList read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("there is no file " + file);
    }
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read; check its permissions", e);
    }
    try {
      return parse(content);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + " has " + e.getMessage(), e);
    }
  }

  /**
   * @throws IllegalArgumentException one line: what there is, where, what would be right
   */
  static WhiteList parse(byte[] content) {
    if (content.length < SIGNERS + SIGNATURE_BYTES) {
      throw new IllegalArgumentException(
          content.length + " bytes; a list without signers has " + (SIGNERS + SIGNATURE_BYTES));
    }
    expect(content, 0, 1, "version of the provider's certificate");
    expect(content, 2, 0, "type of the provider's certificate");
    expect(content, LIST, 1, "format of the list");
    expect(content, LIST + 2, 1, "type of the list's certificate");
    long count = number(content, LIST + 12, 4);
    if (count > MAX_SIGNERS) {
      throw new IllegalArgumentException(
          "%d signers (at byte %d); a launch enclave has room for %d"
              .formatted(count, LIST + 12, MAX_SIGNERS));
    }
    int end = SIGNERS + SIGNER_BYTES * (int) count;
    if (content.length != end + SIGNATURE_BYTES) {
      throw new IllegalArgumentException(
          "%d bytes; a list of %d signers has %d"
              .formatted(content.length, count, end + SIGNATURE_BYTES));
    }
    if (!isSignedByProvider(content, end)) {
      throw new IllegalArgumentException(
          "a signature at byte %d that is not of the provider's key at byte %d over bytes %d to %d"
              .formatted(end, KEY, LIST, end - 1));
    }
    Set<Bytes> signers = new LinkedHashSet<>();
    for (int at = SIGNERS; at < end; at += SIGNER_BYTES) {
      signers.add(Bytes.copyOf(content, at, SIGNER_BYTES));
    }
    Bytes digest = Bytes.copyOf(content).sha256();
    return new WhiteList(number(content, LIST + 8, 4), signers, digest);
  }

  private static void expect(byte[] content, int at, long right, String what) {
    long found = number(content, at, 2);
    if (found != right) {
      throw new IllegalArgumentException(
          "%d for the %s at byte %d; expected %d".formatted(found, what, at, right));
    }
  }

  private static boolean isSignedByProvider(byte[] content, int end) {
    X9ECParameters curve = CustomNamedCurves.getByName("P-256");
    ECDomainParameters domain = new ECDomainParameters(curve);
    ECPoint point;
    try {
      point =
          domain.validatePublicPoint(
              curve.getCurve().createPoint(integer(content, KEY), integer(content, KEY + 32)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a provider's key at byte " + KEY + " that is no point of the curve P-256", e);
    }
    ECDSASigner signer = new ECDSASigner();
    signer.init(false, new ECPublicKeyParameters(point, domain));
    byte[] hash = Bytes.copyOf(content, LIST, end - LIST).sha256().toByteArray();
    return signer.verifySignature(hash, integer(content, end), integer(content, end + 32));
  }

  private static BigInteger integer(byte[] content, int at) {
    return new BigInteger(1, content, at, 32);
  }

  private static long number(byte[] content, int at, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | content[at + i] & 0xff;
    }
    return value;
  }
}
