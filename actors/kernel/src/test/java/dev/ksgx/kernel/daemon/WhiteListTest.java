package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.protocol.abi.Errno;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** White lists of signers as policies: the real ones, and those that are none. */
class WhiteListTest {
  private static final int SIGNERS = 152;

  @TempDir Path folder;

  /** A list of that many signers, signed by a key of our own; the n-th begins with n. */
  private static byte[] list(int signers, Bytes... first) {
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

  @Test
  void theRealListsReadAsTheirFactsSay() {
    Path vectors = vectors().resolve("intel-launch-whitelist");
    Config facts = ConfigFactory.parseFile(vectors.resolve("facts.json").toFile());
    Set<String> names = facts.getObject("files").keySet();
    assertThat(names).hasSize(3);
    for (String name : names) {
      Config expected = facts.getConfig(ConfigUtil.joinPath("files", name, "expected"));
      WhiteList list = WhiteList.read(vectors.resolve(name));
      assertThat(list.version()).as(name).isEqualTo(expected.getLong("wl_version"));
      assertThat(list.signers())
          .as(name)
          .extracting(Bytes::hex)
          .containsExactlyElementsOf(expected.getStringList("mrsigners"));
    }
  }

  @Test
  void theSignerOfARealProductionEnclaveIsOnTheNewestListAlone() throws IOException {
    Path vectors = vectors();
    Path sig;
    try (var found = Files.walk(vectors.resolve("fortanix-sgx-detect"))) {
      sig = found.filter(path -> path.toString().endsWith(".sig")).findFirst().orElseThrow();
    }
    SigStruct production = SigStruct.parse(Bytes.copyOf(Files.readAllBytes(sig)));
    Path lists = vectors.resolve("intel-launch-whitelist");
    for (int version : new int[] {1, 4, 30}) {
      LaunchPolicy policy =
          LaunchPolicy.of(lists.resolve("whitelist-v" + version + ".bin").toString());
      String refusal = policy.refusal(production.mrsigner(), production.attributes());
      if (version == 30) {
        assertThat(refusal).isEmpty();
      } else {
        assertThat(refusal)
            .isEqualTo(
                "signer %s is not on white list %d"
                    .formatted(production.mrsigner().hex(), version));
      }
    }
  }

  @Test
  void everyDamagedByteOfARealListIsNoticedOrNotSigned() throws IOException {
    byte[] real = Files.readAllBytes(vectors().resolve("intel-launch-whitelist/whitelist-v1.bin"));
    for (int at = 0; at < real.length; at++) {
      boolean ofTheRoot = at >= 4 && at < 8 || at >= 72 && at < 136;
      if (ofTheRoot) {
        continue;
      }
      byte[] damaged = real.clone();
      damaged[at] ^= 1;
      assertThatThrownBy(() -> WhiteList.parse(damaged))
          .as("byte " + at)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aListHasRoomFor2048Signers() {
    assertThat(WhiteList.parse(list(2048)).signers()).hasSize(2048);
    assertThatThrownBy(() -> WhiteList.parse(list(2049)))
        .hasMessage("number of signers at byte 148 is 2049; a launch enclave has room for 2048");
  }

  @Test
  void whatIsNoWhiteListIsRefusedInOneLineThatSaysWhatWouldBeRight() throws IOException {
    Path file = folder.resolve("list.bin");
    assertThatThrownBy(() -> WhiteList.read(file))
        .hasMessage("white list " + file + " cannot be read (NoSuchFileException)");
    Files.write(file, new byte[10]);
    assertThatThrownBy(() -> WhiteList.read(file))
        .hasMessage("white list " + file + ": 10 bytes; a list without signers has 216");
    byte[] longer = Arrays.copyOf(list(2), SIGNERS + 64 + 65);
    assertThatThrownBy(() -> WhiteList.parse(longer))
        .hasMessage("281 bytes; a list of 2 signers has 280");
    byte[] format = list(2);
    format[137] = 3;
    assertThatThrownBy(() -> WhiteList.parse(format))
        .hasMessage("format of the list at byte 136 is 3; expected 1");
    byte[] key = list(2);
    key[9] ^= 1;
    assertThatThrownBy(() -> WhiteList.parse(key))
        .hasMessage("provider's key at byte 8 is no point of the curve P-256");
    byte[] signer = list(2);
    signer[SIGNERS + 40] ^= 1;
    assertThatThrownBy(() -> WhiteList.parse(signer))
        .hasMessage(
            "signature at byte 216 is not that of the provider's key at byte 8 over bytes 136 to"
                + " 215");
  }

  @Test
  void aDaemonWithAListGivesTokensToItsSignersAndToDebugEnclavesAndDeniesOthers()
      throws IOException {
    SignedEnclave tiny = SampleEnclaves.tiny();
    Path with = Files.write(folder.resolve("with"), list(3, tiny.sigStruct().mrsigner()));
    Path without = Files.write(folder.resolve("without"), list(3));
    try (DaemonRig rig = DaemonRig.with(DaemonRig.policy(with.toString()))) {
      assertThat(rig.launch(tiny).result().isZero()).isTrue();
    }
    try (DaemonRig rig = DaemonRig.with(DaemonRig.policy(without.toString()))) {
      assertThat(rig.launch(tiny).result().errno()).isEqualTo(Errno.EACCES);
      assertThat(rig.counters().refused()).isEqualTo(1);
      assertThat(rig.counters().tokens()).isZero();
    }
    try (DaemonRig rig = DaemonRig.with(DaemonRig.policy("debug"))) {
      assertThat(rig.launch(tiny).result().errno()).isEqualTo(Errno.EACCES);
    }
  }

  private static Path vectors() {
    String given = System.getProperty("ksgx.vectors", "");
    Path folder =
        given.isBlank()
            ? Path.of(System.getProperty("ksgx.root", "..")).resolve("../shared/vectors")
            : Path.of(given);
    if (!Files.isRegularFile(folder.resolve("INDEX.md"))) {
      String message = "no vectors at " + folder.toAbsolutePath().normalize();
      if ("true".equals(System.getenv("CI"))) {
        fail(message);
      }
      assumeTrue(false, message + "; set -Dksgx.vectors=DIR to run this test");
    }
    return folder;
  }
}
