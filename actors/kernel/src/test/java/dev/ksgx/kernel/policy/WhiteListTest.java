package dev.ksgx.kernel.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SigStruct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** White lists of signers as policies: the real ones, and those that are none. */
class WhiteListTest {
  private static final int SIGNERS = 152;

  @TempDir Path folder;

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
      LaunchPolicy policy = WhiteList.read(lists.resolve("whitelist-v" + version + ".bin"));
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
    assertThat(WhiteList.parse(SampleWhiteList.of(2048)).signers()).hasSize(2048);
    assertThatThrownBy(() -> WhiteList.parse(SampleWhiteList.of(2049)))
        .hasMessage("2049 signers (at byte 148); a launch enclave has room for 2048");
  }

  @Test
  void whatIsNoWhiteListIsRefusedInOneLineThatSaysWhatWouldBeRight() throws IOException {
    Path file = folder.resolve("list.bin");
    assertThatThrownBy(() -> WhiteList.read(file)).hasMessage("there is no file " + file);
    Files.write(file, new byte[10]);
    assertThatThrownBy(() -> WhiteList.read(file))
        .hasMessage(file + " has 10 bytes; a list without signers has 216");
    byte[] longer = Arrays.copyOf(SampleWhiteList.of(2), SIGNERS + 64 + 65);
    assertThatThrownBy(() -> WhiteList.parse(longer))
        .hasMessage("281 bytes; a list of 2 signers has 280");
    byte[] format = SampleWhiteList.of(2);
    format[137] = 3;
    assertThatThrownBy(() -> WhiteList.parse(format))
        .hasMessage("3 for the format of the list at byte 136; expected 1");
    byte[] key = SampleWhiteList.of(2);
    key[9] ^= 1;
    assertThatThrownBy(() -> WhiteList.parse(key))
        .hasMessage("a provider's key at byte 8 that is no point of the curve P-256");
    byte[] signer = SampleWhiteList.of(2);
    signer[SIGNERS + 40] ^= 1;
    assertThatThrownBy(() -> WhiteList.parse(signer))
        .hasMessage(
            "a signature at byte 216 that is not of the provider's key at byte 8 over bytes 136 to"
                + " 215");
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
