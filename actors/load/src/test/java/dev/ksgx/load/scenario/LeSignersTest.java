package dev.ksgx.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.load.study.Design;
import dev.ksgx.load.study.Designs;
import dev.ksgx.load.study.StopRule;
import dev.ksgx.load.study.StudyControl;
import dev.ksgx.load.study.StudyPlan;
import dev.ksgx.load.study.StudyPlans;
import dev.ksgx.load.study.StudyRequest;
import dev.ksgx.load.sweep.SweepPlans;
import dev.ksgx.load.sweep.SweepRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where several signers of launch enclaves have a meaning, and what is said where they have none.
 */
class LeSignersTest {
  private static final String PER_FD =
      "kernel { launch = user-le, hash-source = per-fd, msr = lazy, token-from-user = on }";

  @TempDir private Path folder;

  @Test
  void everySignerOfTheLoadHasADaemon() {
    Scenario scenario = load("load.le-signers=5");
    assertThat(scenario.load().leSigners()).isEqualTo(5);
    assertThat(scenario.kernel().launch().userLe().signers()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kernel { launch = kernel-le, hash-source = preset } | 1 with kernel.launch = kernel-le: the kernel has one launch enclave",
        "kernel { launch = direct, hash-source = preset } | 1 with kernel.launch = direct: no enclave needs a token",
        "kernel { hash-source = boot, msr = never } | 1 with kernel.hash-source = boot: every core holds the hash of one signer",
        "kernel.hash-source = ioctl | 1 with kernel.hash-source = ioctl: the machine has the hash that was said last",
        "load.processes = 1 | at most load.processes: each process relies on one signer",
      })
  void severalSignersWhereThereIsOneHashAreRefusedInOneLine(String setting, String expected) {
    assertThatThrownBy(() -> load(setting))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("several-vendors:")
        .hasMessageContaining(": load.le-signers = 2: must be " + expected)
        .message()
        .doesNotContain("\n");
    assertThat(load(setting, "load.le-signers=1").kernel().launch().userLe().signers()).isOne();
  }

  @Test
  void designsWithOneLaunchEnclaveOrNoneStandBesideTheOthersAsTheyAre() throws Exception {
    StudyPlan plan = study("v5,direct-lazy," + perFd());
    assertThat(plan.points())
        .extracting(point -> point.scenario().kernel().launch().userLe().signers())
        .containsExactly(1, 1, 2);
    assertThat(plan.notes())
        .contains(
            "load.le-signers counts where programs get tokens from daemons; one launch enclave or"
                + " none: v5, direct-lazy");
  }

  @Test
  void aStudyInWhichNoDesignHasSeveralSignersIsRefused() {
    assertThatThrownBy(() -> study("v5,direct-lazy"))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("load.le-signers = 2: must be 1, or one of the designs must have");
    assertThatThrownBy(() -> study("aesmd"))
        .hasMessageContaining("load.le-signers = 2: must be 1 with kernel.hash-source = boot");
  }

  @Test
  void aSweepOverSignersNeedsADesignThatHasThem() throws IOException {
    SweepRequest without = sweep(List.of(Designs.named("v5")));
    assertThatThrownBy(() -> SweepPlans.of(without))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("load.le-signers = 2: must be 1, or one of the designs");
    SweepRequest with = sweep(Designs.of(List.of("v5", perFd())));
    assertThat(SweepPlans.of(with).points())
        .extracting(point -> point.scenario().kernel().launch().userLe().signers())
        .containsExactly(1, 1, 1, 2, 1, 4);
  }

  private String perFd() throws IOException {
    return Files.writeString(folder.resolve("per-fd.conf"), PER_FD).toString();
  }

  private static SweepRequest sweep(List<Design> designs) {
    return new SweepRequest(
        "",
        Scenarios.COMPARISON,
        List.of(),
        OptionalLong.empty(),
        designs,
        List.of("load.le-signers=1,2,4"),
        0,
        List.of(),
        1);
  }

  private static StudyPlan study(String designs) throws InterruptedException {
    return StudyPlans.of(
        new StudyRequest(
            StudyRequest.Kind.DESIGNS,
            "",
            Optional.of(Scenarios.COMPARISON),
            List.of("load.le-signers=2", "load.length=5 ms", "load.warm-up=5 ms"),
            OptionalLong.empty(),
            Designs.of(List.of(designs.split(","))),
            false,
            Optional.of(StopRule.exactly(1))),
        1,
        StudyControl.NONE);
  }

  private static Scenario load(String... settings) {
    return Scenarios.load("several-vendors", List.of(settings), OptionalLong.empty());
  }
}
