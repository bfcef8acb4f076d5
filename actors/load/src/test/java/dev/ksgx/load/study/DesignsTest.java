package dev.ksgx.load.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import dev.ksgx.kernel.config.HashSource;
import dev.ksgx.kernel.config.IoctlGeneration;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.KernelLe;
import dev.ksgx.kernel.config.Launch;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.MsrPolicy;
import dev.ksgx.kernel.config.UserLe.TokenCache.Place;
import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.run.LoadRun;
import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Designs by name and by file. */
class DesignsTest {
  @TempDir private Path folder;

  static Iterable<String> embedded() {
    return Designs.embedded().keySet();
  }

  private static Scenario scenario(Design design, String... settings) {
    return Scenarios.load(
        Scenarios.COMPARISON,
        com.typesafe.config.ConfigFactory.empty(),
        List.of(settings),
        design.keys(),
        OptionalLong.of(1));
  }

  @ParameterizedTest
  @MethodSource("embedded")
  void everyEmbeddedDesignVariesLaunchAloneAndLaunches(String name) {
    Design design = Designs.named(name);
    design.checkVariesLaunchAlone();
    Scenario scenario = scenario(design, "load.processes=4", "load.rate=2000", "load.length=10 ms");
    RunResult result =
        LoadRun.run(scenario, Targets.of(scenario.load().images()), false, RunControl.NONE);
    assertThat(result.launches().failed()).isEmpty();
    assertThat(result.launches().succeeded()).isGreaterThan(5);
  }

  @Test
  void namesMeanWhatTheySay() {
    LaunchDesign v6 = scenario(Designs.named("v6")).kernel().launch();
    assertThat(v6.tokens()).isEqualTo(Launch.KERNEL_LE);
    assertThat(v6.kernelLe().channel()).isEqualTo(KernelLe.Channel.SLOT);
    LaunchDesign pool = scenario(Designs.named("user-le-4-cache")).kernel().launch();
    assertThat(pool.tokens()).isEqualTo(Launch.USER_LE);
    assertThat(pool.tokenFromUser()).isTrue();
    assertThat(pool.hashSource()).isEqualTo(HashSource.BOOT);
    assertThat(pool.userLe().workers()).isEqualTo(4);
    assertThat(pool.userLe().enclaves()).isEqualTo(4);
    assertThat(pool.userLe().cache().place()).isEqualTo(Place.DAEMON);
    LaunchDesign direct = scenario(Designs.named("direct-lazy")).kernel().launch();
    assertThat(direct.tokens()).isEqualTo(Launch.DIRECT);
    assertThat(direct.msr()).isEqualTo(MsrPolicy.LAZY);
  }

  @Test
  void fileIsADesignUnderItsOwnName() throws IOException {
    Path file = folder.resolve("two-threads.conf");
    Files.writeString(file, "kernel { launch = kernel-le, kernel-le { threads = 2, tcs = 2 } }");
    Design design = Designs.named(file.toString());
    assertThat(design.name()).isEqualTo("two-threads");
    assertThat(design.settings()).containsEntry("kernel.kernel-le.tcs", "2");
    assertThat(scenario(design).kernel().launch().kernelLe().threads()).isEqualTo(2);
  }

  @Test
  void pathOfAWhiteListBeginsAtTheFolderOfTheDesign() throws IOException {
    Path file = folder.resolve("listed.conf");
    Files.writeString(
        file, "description = d\nkernel { launch = user-le, user-le.policy = list.bin }");
    Design design = Designs.named(file.toString());
    assertThatThrownBy(() -> scenario(design))
        .isInstanceOf(ScenarioException.class)
        .hasMessage(
            file
                + ":2: kernel.user-le.policy = list.bin: must be everything, debug, or the file of"
                + " a white list: there is no file "
                + folder.resolve("list.bin"));
    Files.write(folder.resolve("list.bin"), new byte[0]);
    assertThatThrownBy(() -> scenario(design))
        .hasMessageEndingWith("list.bin has 0 bytes; a list without signers has 216");
  }

  @Test
  void designThatVariesMoreThanTheLaunchIsRefused() throws IOException {
    Path file = folder.resolve("deferred.conf");
    Files.writeString(file, "kernel { launch = kernel-le, add = deferred }");
    assertThatThrownBy(() -> Designs.named(file.toString()).checkVariesLaunchAlone())
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("design deferred sets kernel.add; ")
        .hasMessageContaining("--presets or --ablate");
  }

  @Test
  void unknownDesignGetsTheNearestOne() {
    assertThatThrownBy(() -> Designs.named("user-le-3"))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("unknown design user-le-3; the nearest is user-le-1");
    assertThatThrownBy(() -> Designs.of(List.of("v5", "v5")))
        .hasMessage("design v5 is given twice");
    assertThatThrownBy(() -> Designs.named("none.conf"))
        .hasMessage("none.conf: no such file, expected a design");
  }

  @Test
  void aDesignThatIsAnEmbeddedOneUnderAnotherNameIsTold() {
    assertThat(Designs.twins(Designs.of(List.of("v5", "aesmd", "user-le-2"))))
        .containsExactly("aesmd is user-le-1, too: both set the same");
    assertThat(Designs.twins(Designs.of(List.of("aesmd", "user-le-1")))).isEmpty();
  }

  @Test
  void bundlesAreAsShippedWhateverTheBaseSays() {
    Design v5 = Bundles.named(List.of("v5", "mainline")).get(0);
    Scenario scenario = scenario(v5);
    assertThat(scenario.kernel().bugs().ids()).contains("B-29");
    assertThat(scenario.kernel().add().key()).isEqualTo("deferred");
    assertThat(scenario.kernel().ioctls()).isEqualTo(IoctlGeneration.V5);
    Design mainline = Bundles.named(List.of("mainline")).get(0);
    assertThat(scenario(mainline).kernel().ioctls()).isEqualTo(IoctlGeneration.MAINLINE);
    assertThatThrownBy(() -> Bundles.named(List.of("v6")))
        .hasMessageContaining("unknown preset v6");
  }

  /** Failures are figures of merit, and a client of a daemon asks again when it knows why. */
  @Test
  void whatDesignsAreComparedOnTellsWhatEinitSaid() {
    for (String name : Designs.embedded().keySet()) {
      assertThat(scenario(Designs.named(name)).kernel().ioctls()).isEqualTo(IoctlGeneration.V5);
    }
    for (String base : List.of("argument", "several-vendors")) {
      Scenario scenario = Scenarios.load(base, List.of(), OptionalLong.empty());
      assertThat(scenario.kernel().ioctls()).as(base).isEqualTo(IoctlGeneration.V5);
    }
    Config saysNothing = StudyPlans.USUAL_BASE;
    assertThat(saysNothing.getString("kernel.ioctls")).isEqualTo("v5");
  }

  private static List<Object> axes(KernelConfig kernel) {
    return List.of(
        kernel.preset(),
        kernel.launch(),
        kernel.add(),
        kernel.paging(),
        kernel.ioctls(),
        kernel.bugs());
  }

  @Test
  void ablationChangesOneAxisAtATime() {
    List<Design> designs = Bundles.between("v5:mainline");
    assertThat(designs)
        .extracting(Design::name)
        .containsExactly(
            "v5",
            "v5+launch",
            "v5+add",
            "v5+reclaim",
            "v5+pte",
            "v5+ioctls",
            "v5+bugs",
            "mainline");
    Scenario ioctls = scenario(designs.get(5));
    assertThat(ioctls.kernel().ioctls()).isEqualTo(IoctlGeneration.MAINLINE);
    assertThat(axes(ioctls.kernel()))
        .isEqualTo(axes(scenario(designs.get(0)).kernel().withIoctls(IoctlGeneration.MAINLINE)));
    Scenario v5 = scenario(designs.get(0));
    Scenario add = scenario(designs.get(2));
    assertThat(axes(add.kernel()))
        .isEqualTo(axes(v5.kernel().withAdd(add.kernel().add())))
        .isNotEqualTo(axes(v5.kernel()));
    assertThat(add.kernel().add().key()).isEqualTo("synchronous");
    Scenario launch = scenario(designs.get(1));
    assertThat(axes(launch.kernel()))
        .isEqualTo(axes(v5.kernel().withLaunch(launch.kernel().launch())))
        .isNotEqualTo(axes(v5.kernel()));
    assertThat(launch.kernel().launch().isDirect()).isTrue();
    assertThat(Bundles.between("v5:dcap-le")).extracting(Design::name).contains("v5+launch");
    assertThatThrownBy(() -> Bundles.between("v5")).hasMessageContaining("two presets such as");
    assertThatThrownBy(() -> Bundles.between("v5:")).hasMessageContaining("two presets such as");
    assertThatThrownBy(() -> Bundles.between("v5:v5")).hasMessageContaining("the same");
  }
}
