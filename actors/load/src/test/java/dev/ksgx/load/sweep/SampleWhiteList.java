package dev.ksgx.load.sweep;

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

/** White lists without signers, signed by a key of our own. */
final class SampleWhiteList {
  private static final int LIST = 136;
  private static final int END = 152;

  private SampleWhiteList() {}

  static byte[] ofVersion(int version) {
    X9ECParameters curve = CustomNamedCurves.getByName("P-256");
    ECDomainParameters domain = new ECDomainParameters(curve);
    BigInteger secret = BigInteger.valueOf(20171114);
    ECPoint key = domain.getG().multiply(secret).normalize();
    byte[] content = new byte[END + 64];
    content[1] = 1;
    put(content, 8, key.getAffineXCoord().toBigInteger());
    put(content, 40, key.getAffineYCoord().toBigInteger());
    content[LIST + 1] = 1;
    content[LIST + 3] = 1;
    content[LIST + 11] = (byte) version;
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, domain));
    BigInteger[] signature =
        signer.generateSignature(Bytes.copyOf(content, LIST, END - LIST).sha256().toByteArray());
    put(content, END, signature[0]);
    put(content, END + 32, signature[1]);
    return content;
  }

  private static void put(byte[] content, int at, BigInteger value) {
    byte[] bytes = value.toByteArray();
    int skip = Math.max(0, bytes.length - 32);
    System.arraycopy(bytes, skip, content, at + 32 - bytes.length + skip, bytes.length - skip);
  }
}
