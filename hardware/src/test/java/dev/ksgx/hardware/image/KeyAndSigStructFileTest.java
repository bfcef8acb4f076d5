package dev.ksgx.hardware.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.launch.SigningKey;
import dev.ksgx.hardware.structure.SigStruct;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyAndSigStructFileTest {
  @TempDir Path folder;

  @Test
  void pkcs1AndPkcs8AreTheSameKey() throws IOException {
    byte[] pkcs8 = modelKey();
    byte[] pkcs1 =
        PrivateKeyInfo.getInstance(pkcs8).parsePrivateKey().toASN1Primitive().getEncoded();
    SigningKey one = SigningKeyFile.read(pem("RSA PRIVATE KEY", pkcs1));
    SigningKey eight = SigningKeyFile.read(pem("PRIVATE KEY", pkcs8));
    assertThat(one.mrsigner()).isEqualTo(eight.mrsigner());
    assertThat(one.mrsigner()).isEqualTo(ModelKeys.signer(0).mrsigner());
  }

  @Test
  void wrongKeySizesAndExponentsAreRefusedInOneLine() throws Exception {
    refusedKey(rsa(2048, 3), "RSA key of 2048 bits, expected 3072");
    refusedKey(rsa(3072, 65537), "RSA key with public exponent 65537, expected 3");
  }

  @Test
  void filesThatHoldNoRsaKeyAreRefusedInOneLine() throws Exception {
    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
    refusedKey(ec.generateKeyPair().getPrivate(), "private key is not an RSA key; expected a PEM");
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing here\n");
    assertThatThrownBy(() -> SigningKeyFile.read(empty))
        .isInstanceOf(ImageFormatException.class)
        .hasMessage(empty + ": no PEM object; expected a PEM RSA private key, not encrypted");
    Path broken = pem("PRIVATE KEY", new byte[] {0x30, 0x05, 1, 2, 3});
    assertThatThrownBy(() -> SigningKeyFile.read(broken))
        .isInstanceOf(ImageFormatException.class)
        .hasMessage(
            broken + ": not readable as PEM; expected a PEM RSA private key, not encrypted");
    Path binary = Files.write(folder.resolve("binary.pem"), new byte[] {0, (byte) 0xff, 7});
    assertThatThrownBy(() -> SigningKeyFile.read(binary)).isInstanceOf(ImageFormatException.class);
    assertThatThrownBy(() -> SigningKeyFile.read(folder.resolve("absent.pem")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void anEncryptedKeyIsRefusedAsSuch() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("encrypted.pem"),
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                + "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n"
                + "-----END RSA PRIVATE KEY-----\n");
    assertThatThrownBy(() -> SigningKeyFile.read(file))
        .isInstanceOf(ImageFormatException.class)
        .hasMessage(
            file + ": a PEMEncryptedKeyPair; expected a PEM RSA private key, not encrypted");
  }

  @Test
  void sigStructFilesHaveExactlyTheSizeOfTheStructure() throws IOException {
    SigStruct sig = SampleEnclaves.tiny().sigStruct();
    Path file = folder.resolve("tiny.sig");
    SigStructFile.write(sig, file);
    assertThat(Files.size(file)).isEqualTo(1808);
    assertThat(SigStructFile.read(file)).isEqualTo(sig);
    for (int size : new int[] {0, 1807, 1809, 5000}) {
      Path wrong = Files.write(folder.resolve("wrong.sig"), new byte[size]);
      assertThatThrownBy(() -> SigStructFile.read(wrong))
          .isInstanceOf(ImageFormatException.class)
          .hasMessage(wrong + ": " + size + " bytes, expected the 1808 of a SIGSTRUCT");
    }
  }

  @Test
  void modelSignersDifferAndOthersDoNotExist() {
    Stream<SigningKey> ordinary = IntStream.range(0, ModelKeys.SIGNERS).mapToObj(ModelKeys::signer);
    Stream<SigningKey> ofLaunchEnclaves =
        IntStream.range(0, ModelKeys.LAUNCH_ENCLAVE_SIGNERS).mapToObj(ModelKeys::launchEnclave);
    assertThat(Stream.concat(ordinary, ofLaunchEnclaves).map(key -> key.mrsigner().hex()))
        .hasSize(16)
        .doesNotHaveDuplicates();
    assertThat(ModelKeys.launchEnclave(0)).isSameAs(ModelKeys.launchEnclave());
    assertThatThrownBy(() -> ModelKeys.signer(8)).hasMessage("model signer 8, expected 0 to 7");
    assertThatThrownBy(() -> ModelKeys.launchEnclave(-1))
        .hasMessage("model launch enclave signer -1, expected 0 to 7");
  }

  private void refusedKey(PrivateKey key, String problem) throws IOException {
    Path file = pem("PRIVATE KEY", key.getEncoded());
    assertThatThrownBy(() -> SigningKeyFile.read(file))
        .isInstanceOf(ImageFormatException.class)
        .hasMessageStartingWith(file + ": " + problem)
        .hasMessageNotContaining("\n");
  }

  private static PrivateKey rsa(int bits, int exponent) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(new RSAKeyGenParameterSpec(bits, BigInteger.valueOf(exponent)));
    return generator.generateKeyPair().getPrivate();
  }

  private static byte[] modelKey() throws IOException {
    try (var in = ModelKeys.class.getResourceAsStream("model-signer-key-0.pem")) {
      String pem = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      String body = pem.substring(pem.indexOf("KEY-----") + 8, pem.indexOf("-----END"));
      return Base64.getMimeDecoder().decode(body);
    }
  }

  private Path pem(String label, byte[] content) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    String text = "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    return Files.writeString(folder.resolve(label.replace(' ', '-') + ".pem"), text);
  }
}
