package dev.ksgx.kernel.policy;

import dev.ksgx.hardware.structure.Bytes;
import java.math.BigInteger;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;

/** White lists of our own. */
public final class SampleWhiteList {
  private static final int SIGNERS = 152;

  private SampleWhiteList() {}

  /** A list of that many signers, signed by a key of our own; the n-th begins with n. */
  public static byte[] of(int signers, Bytes... first) {
    X9ECParameters curve = CustomNamedCurves.getByName("P-256");
    ECDomainParameters domain = new ECDomainParameters(curve);
    BigInteger secret = BigInteger.valueOf(20171114);
    ECPoint key = domain.getG().multiply(secret).normalize();
    byte[] content = new byte[SIGNERS + 32 * signers + 64];
    content[1] = 1;
    put(content, 8, key.getAffineXCoord().toBigInteger());
    put(content, 40, key.getAffineYCoord().toBigInteger());
    content[137] = 1;
    content[139] = 1;
    content[143] = 0x20;
    content[147] = 5;
    content[150] = (byte) (signers >> 8);
    content[151] = (byte) signers;
    for (int i = 0; i < signers; i++) {
      if (i < first.length) {
        first[i].copyTo(0, content, SIGNERS + 32 * i, 32);
      } else {
        content[SIGNERS + 32 * i] = (byte) (i >> 8);
        content[SIGNERS + 32 * i + 1] = (byte) i;
      }
    }
    int end = SIGNERS + 32 * signers;
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, domain));
    BigInteger[] signature =
        signer.generateSignature(Bytes.copyOf(content, 136, end - 136).sha256().toByteArray());
    put(content, end, signature[0]);
    put(content, end + 32, signature[1]);
    return content;
  }

  private static void put(byte[] content, int at, BigInteger value) {
    byte[] bytes = value.toByteArray();
    int skip = Math.max(0, bytes.length - 32);
    System.arraycopy(bytes, skip, content, at + 32 - bytes.length + skip, bytes.length - skip);
  }
}
