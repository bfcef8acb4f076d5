package dev.ksgx.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.image.ImageFormatException;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.message.EnclaveMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Enclaves made by others, each through the ioctls of v5 with a token of the model's launch
 * enclave: launched, or refused with the one line that names the rule. On two processors: a client
 * of 2017, and one with all features that the model knows. One core, so that its hash MSRs are the
 * launch enclave's whatever the enclave is.
 */
class VectorLaunchTest {
  /** The lines of those that are refused, as regular expressions. */
  private static final Map<String, String> LINES =
      Map.of(
          "OK",
          "OK",
          "NO-EXINFO",
          "-EINVAL \\(CREATE: SECS.MISCSELECT has a bit that CPUID.12H.0:EBX lacks\\)",
          "SSA-OUTSIDE",
          "-EINVAL \\(ADD_PAGE: TCS.OSSA must be a page inside the enclave\\)",
          "PAGE-OUTSIDE",
          "page 0xfffffff000 lies beyond SIZE 0x1000000000; EADD takes pages inside ELRANGE only",
          "HEADER",
          "SGX_INVALID_SIG_STRUCT \\(INIT: EINIT: .*\\b4\\b.*HEADER.* of SIGSTRUCT are legal\\)",
          "LAUNCH-KEY",
          "SGX_INVALID_ATTRIBUTE \\(INIT: EINIT: .*\\b12\\b.*EINITTOKENKEY.*IA32_SGXLEPUBKEYHASH\\)");

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fortanix-sgx-detect/test_enclave.sgxs | test_enclave.sig | OK | OK
          gramine-signed/one-thread.sgxs.gz | one-thread.sig | OK | OK
          gramine-signed/one-thread.sgxs.gz | short-signature.sig | OK | OK
          gramine-signed/one-thread.sgxs.gz | short-q1.sig | OK | OK
          gramine-signed/one-thread.sgxs.gz | short-q2.sig | OK | OK
          gramine-signed/one-thread.sgxs.gz | old-date.sig | OK | OK
          gramine-signed/four-threads-debug.sgxs.gz | four-threads-debug.sig | NO-EXINFO | OK
          gramine-signed/edmm.sgxs.gz | edmm.sig | OK | OK
          intel-launch-enclave-2023/le.sgxs.gz | le-embedded-debug-type.sig | HEADER | HEADER
          intel-launch-enclave-2023/le.sgxs.gz | le_prod_css.sig | LAUNCH-KEY | LAUNCH-KEY
          intel-tdqe/tdqe.sgxs.gz | tdqe-svn1.sig | OK | OK
          intel-tdqe/tdqe.sgxs.gz | tdqe-svn5.sig | OK | OK
          kernel-selftest-synthetic/two-pages.sgxs | two-pages.sig | SSA-OUTSIDE | SSA-OUTSIDE
          kernel-selftest-synthetic/all-permissions.sgxs | all-permissions.sig | OK | OK
          kernel-selftest-synthetic/unmeasured-pages.sgxs | unmeasured-pages.sig | OK | OK
          kernel-selftest-synthetic/unmeasured-with-data.sgxs | unmeasured-with-data.sig | OK | OK
          kernel-selftest-synthetic/holes.sgxs | holes.sig | OK | OK
          kernel-selftest-synthetic/descending-order.sgxs | descending-order.sig | OK | OK
          kernel-selftest-synthetic/ascending-order.sgxs | ascending-order.sig | OK | OK
          kernel-selftest-synthetic/one-gib.sgxs | one-gib.sig | OK | OK
          kernel-selftest-synthetic/sixty-four-gib.sgxs | sixty-four-gib.sig | PAGE-OUTSIDE | PAGE-OUTSIDE
          kernel-selftest-synthetic/twenty-seven-pages.sgxs | twenty-seven-pages.sig | OK | OK
          kernel-selftest-synthetic/zero-data-two-tcs.sgxs | zero-data-two-tcs.sig | OK | OK
          pingpong-enclave/enclave.sgxs.gz | enclave.sig | OK | OK
          """)
  void launchesOrIsRefusedByTheRule(
      String stream, String signature, String onClient2017, String onEverything)
      throws IOException {
    Bugs shipped = Bugs.asShipped(Preset.V5);
    assertThat(outcome(stream, signature, Cpuid.client2017(), shipped))
        .matches(LINES.get(onClient2017));
    assertThat(outcome(stream, signature, Cpuid.client2017(), Bugs.fixed()))
        .matches(LINES.get(onClient2017));
    assertThat(outcome(stream, signature, Cpuid.everything(), Bugs.fixed()))
        .matches(LINES.get(onEverything));
  }

  private static String outcome(String stream, String signature, Cpuid cpuid, Bugs bugs)
      throws IOException {
    Path sgxs = vectors().resolve(stream);
    SignedEnclave enclave;
    try {
      enclave = SignedEnclave.read(sgxs, sgxs.resolveSibling(signature));
    } catch (ImageFormatException e) {
      return e.getMessage().replace(sgxs + ": ", "");
    }
    KernelConfig config =
        KernelConfig.preset(Preset.V5)
            .withBugs(bugs)
            .withMachine(MachineConfig.builder().processors(1).cpuid(cpuid).build());
    try (Rig rig = new Rig(config)) {
      Rig.Process process = rig.process();
      rig.open(process);
      rig.block(process.task());
      rig.system().runToQuiescence().orThrow();
      LaunchSequence.Outcome outcome = rig.launch(process, enclave);
      if (outcome.result().isZero()) {
        assertThat(rig.state(process, outcome.address()).phase())
            .isEqualTo(EnclaveMessage.Phase.INITIALIZED);
        assertThat(rig.launchControl().requests()).as("through a token").isEqualTo(1);
      }
      AtRest.check(rig, stream);
      rig.exit(process);
      AtRest.checkEmpty(rig, stream);
      return outcome.result().toString();
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
