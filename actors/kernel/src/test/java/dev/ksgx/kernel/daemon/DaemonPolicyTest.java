package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.policy.LaunchPolicy;
import dev.ksgx.kernel.policy.SampleWhiteList;
import dev.ksgx.kernel.policy.WhiteList;
import dev.ksgx.protocol.abi.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a daemon gives tokens to. */
class DaemonPolicyTest {
  @TempDir private Path folder;

  @Test
  void aDaemonWithAListGivesTokensToItsSignersAndToDebugEnclavesAndDeniesOthers()
      throws IOException {
    SignedEnclave tiny = SampleEnclaves.tiny();
    Path with =
        Files.write(folder.resolve("with"), SampleWhiteList.of(3, tiny.sigStruct().mrsigner()));
    Path without = Files.write(folder.resolve("without"), SampleWhiteList.of(3));
    try (DaemonRig rig = DaemonRig.with(DaemonRig.policy(WhiteList.read(with)))) {
      assertThat(rig.launch(tiny).result().isZero()).isTrue();
    }
    try (DaemonRig rig = DaemonRig.with(DaemonRig.policy(WhiteList.read(without)))) {
      assertThat(rig.launch(tiny).result().errno()).isEqualTo(Errno.EACCES);
      assertThat(rig.counters().refused()).isEqualTo(1);
      assertThat(rig.counters().tokens()).isZero();
    }
    try (DaemonRig rig = DaemonRig.with(DaemonRig.policy(LaunchPolicy.Fixed.DEBUG_ONLY))) {
      assertThat(rig.launch(tiny).result().errno()).isEqualTo(Errno.EACCES);
    }
  }
}
