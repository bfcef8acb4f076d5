package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.study.StudyRequest.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a study refuses before anything is run. */
class StudyPlansTest {
  private static final StudyControl STOPPED =
      new StudyControl() {
        @Override
        public boolean stopRequested() {
          return true;
        }
      };

  @TempDir private Path folder;

  private static void plan(Kind kind, String compared, String scenario, List<String> settings)
      throws InterruptedException {
    List<Design> designs =
        switch (kind) {
          case DESIGNS -> Designs.of(List.of(compared.split(",")));
          case BUNDLES -> Bundles.named(List.of(compared.split(",")));
          case ABLATION -> Bundles.between(compared);
        };
    StudyPlans.of(
        new StudyRequest(
            kind,
            "",
            Optional.of(scenario),
            settings,
            OptionalLong.empty(),
            designs,
            false,
            Optional.of(StopRule.exactly(1))),
        1,
        STOPPED);
  }

  /** Nothing is wrong with it: the first pilot is asked for. */
  private static void accepted(Kind kind, String compared, String scenario, String... settings) {
    assertThatThrownBy(() -> plan(kind, compared, scenario, List.of(settings)))
        .as(compared + " on " + scenario)
        .isInstanceOf(CancellationException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DESIGNS  | v5,direct-always | kernel.msr=cached | kernel.msr = cached: v5 sets kernel.msr = lazy itself; leave it out, or name a design file (.conf) that says it",
        "DESIGNS  | v5,direct-always | kernel.launch=direct | kernel.launch = direct: v5 sets kernel.launch = kernel-le itself; leave it out",
        "DESIGNS  | v5,direct-always | kernel.kernel-le.threads=4 | kernel.kernel-le.threads = 4: v5 sets kernel.kernel-le.threads = 1 itself",
        "DESIGNS  | v5,user-le-2     | kernel.user-le.workers=4 | kernel.user-le.workers = 4: user-le-2 sets kernel.user-le.workers = 2 itself",
        "BUNDLES  | v5,mainline      | kernel.bugs=fixed | kernel.bugs = fixed: v5 sets kernel.bugs = as-shipped itself; leave it out, or compare launch designs, for which what the base says stays",
        "BUNDLES  | v5,mainline      | kernel.preset=v5 | kernel.preset = v5: mainline sets kernel.preset = mainline itself",
        "BUNDLES  | v5,mainline      | kernel.msr=cached | kernel.msr = cached: v5 sets kernel.msr = preset itself; leave it out, or name a design file",
        "ABLATION | v5:mainline      | kernel.add=synchronous | kernel.add = synchronous: v5 sets kernel.add = preset itself; leave it out, or compare launch designs",
      })
  void whatTheComparedThingsSetThemselvesIsRefusedInTheBase(
      Kind kind, String compared, String setting, String expected) throws IOException {
    assertThatThrownBy(() -> plan(kind, compared, Scenarios.COMPARISON, List.of(setting)))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("command line: " + expected);
    Path file = folder.resolve("base.conf");
    Files.writeString(file, "load.rate = 5000\n" + setting + "\n");
    assertThatThrownBy(() -> plan(kind, compared, file.toString(), List.of()))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith(file + ":2: " + expected);
  }

  @Test
  void whatAllOfThemSetToTheSameMayBeSaid() {
    accepted(Kind.DESIGNS, "v5,v6", Scenarios.COMPARISON, "kernel.msr=lazy");
    accepted(Kind.DESIGNS, "v5,v6", Scenarios.COMPARISON, "kernel.add=deferred");
    accepted(Kind.BUNDLES, "v5,mainline", Scenarios.COMPARISON, "kernel.scheduling=pinned");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "launch-storm",
        "launch-storm-75",
        "closed-loop",
        "synchronous-adds",
        "interrupt-storm",
        "given-enclaves",
        "comparison",
        "argument",
        "storm-under-overcommit"
      })
  void embeddedScenariosAreBasesOfWhateverIsCompared(String scenario) {
    accepted(Kind.DESIGNS, "v5,user-le-2-cache,direct-always", scenario);
    accepted(Kind.BUNDLES, "v5,out-of-tree,dcap-le,mainline", scenario);
    accepted(Kind.ABLATION, "v5:mainline", scenario);
  }

  @Test
  void aKeyThatHasAMeaningInNoneOfThemIsRefused() throws IOException {
    String timeout = "kernel.user-le.client-timeout=1 s";
    accepted(Kind.DESIGNS, "v5,user-le-2", Scenarios.COMPARISON, timeout);
    assertThatThrownBy(
            () -> plan(Kind.DESIGNS, "v5,direct-lazy", Scenarios.COMPARISON, List.of(timeout)))
        .isInstanceOf(ScenarioException.class)
        .hasMessage(
            "command line: kernel.user-le.client-timeout: has no meaning with kernel.launch ="
                + " kernel-le or direct: leave it out, or launch must be user-le");
    Path file = folder.resolve("mine.conf");
    Files.writeString(file, "kernel { launch = direct, user-le.workers = 4 }");
    assertThatThrownBy(
            () -> plan(Kind.DESIGNS, "user-le-2," + file, Scenarios.COMPARISON, List.of()))
        .isInstanceOf(ScenarioException.class)
        .hasMessage(
            file
                + ":1: kernel.user-le.workers: has no meaning with kernel.launch = direct: leave it"
                + " out, or launch must be user-le");
    assertThat(Designs.named(file.toString()).settings()).hasSize(2);
  }
}
