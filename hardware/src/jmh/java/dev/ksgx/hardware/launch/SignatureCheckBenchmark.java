package dev.ksgx.hardware.launch;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.SignatureVerdict;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** EINIT's signature check by quotients beside the JDK's RSA verification of the same signature. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SignatureCheckBenchmark {
  private SigStruct sigStruct;
  private byte[] signedBytes;
  private byte[] signature;
  private Signature javaSecurity;
  private PublicKey publicKey;

  @Setup
  public void prepare() throws GeneralSecurityException {
    sigStruct = SampleEnclaves.tiny().sigStruct();
    signedBytes = sigStruct.signedBytes().toByteArray();
    signature = new byte[Rsa3072.SIZE];
    for (int i = 0; i < signature.length; i++) {
      signature[i] = sigStruct.signature().get(signature.length - 1 - i);
    }
    publicKey =
        KeyFactory.getInstance("RSA")
            .generatePublic(
                new RSAPublicKeySpec(
                    Rsa3072.number(sigStruct.modulus()), BigInteger.valueOf(3)));
    javaSecurity = Signature.getInstance("SHA256withRSA");
  }

  @Benchmark
  public SignatureVerdict byQuotients() {
    return SignatureCheck.compute(sigStruct);
  }

  @Benchmark
  public boolean byJavaSecurity() throws GeneralSecurityException {
    javaSecurity.initVerify(publicKey);
    javaSecurity.update(signedBytes);
    return javaSecurity.verify(signature);
  }

  @Benchmark
  public SignatureVerdict remembered() {
    return SignatureCheck.verify(sigStruct);
  }
}
