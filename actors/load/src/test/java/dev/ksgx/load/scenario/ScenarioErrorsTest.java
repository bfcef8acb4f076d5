package dev.ksgx.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioErrorsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "load.rat = 5            | unknown key load.rat; the nearest known key is load.rate",
        "machine.core = 4        | unknown key machine.core; the nearest known key is machine.cores",
        "kernal.preset = v5      | unknown key kernal; the nearest known key is",
        "load.rate = -5          | load.rate = -5: must be a number above 0 and at most 10000000 (launches per second)",
        "load.rate = 0           | load.rate = 0: must be a number above 0",
        "load.rate = 1e300 | load.rate = 1.0E300: must be a number above 0 and at most 10000000",
        "load.length = 9e9 s     | load.length = 9e9 s: must be a time above 0",
        "load.warm-up = 9000000000 s | must be a time of at least 0 with its unit",
        "load.lifetime = 1e300 s | must be a time of at least 0 with its unit",
        "load.rate = fast        | load.rate = fast: must be a number above 0",
        "load.rate = NaN         | load.rate = NaN: must be a number above 0",
        "load.rate = [1]         | load.rate = [1]: must be a number above 0",
        "load.rate { x = 1 }     | load.rate: is a value, not a group of keys",
        "load.rate = null        | load.rate = null: must have a value",
        "load = 5                | load = 5: is a group of keys, not a value",
        "load.seed = -1          | load.seed = -1: must be a whole number from 0",
        "load.seed = 1.5         | load.seed = 1.5: must be a whole number from 0",
        "load.processes = 0      | load.processes = 0: must be a whole number from 1 to 4096",
        "load.processes = -3     | load.processes = -3: must be a whole number from 1 to 4096",
        "load.threads-per-process = 65 | must be a whole number from 1 to 64",
        "load.arrivals = poison  | must be one of poisson, deterministic, bursts, ramp, closed, replay; nearest: poisson",
        "load.image = huge       | load.image = huge: must be tiny, small, pages-75 or a number of",
        "load.image = 3 pages    | load.image = 3 pages: must be tiny, small, pages-75 or a number",
        "load.images = tiny      | load.images = tiny: must be a list such as [{ image = tiny",
        "load.images = [tiny]    | load.images = [\"tiny\"]: must be a list such as [{ image = tiny",
        "load.images = [{ image = huge }] | load.images.image = huge: must be tiny, small",
        "load.images = [{ image = tiny, weigth = 3 }] | unknown key load.images.weigth; the nearest known key is load.images.weight",
        "load.images = [{ image = tiny, weight = 0 }] | load.images.weight = 0: must be a number above 0",
        "load.images = [{ weight = 2 }] | load.images: each must have either image, or enclave and sigstruct",
        "load.images = [{ enclave = a.sgxs }] | load.images: each must have either image, or enclave and sigstruct",
        "load.images = [{ image = tiny, enclave = a, sigstruct = b }] | load.images: each must have either image",
        "load.images = [{ enclave = a.sgxs, sigstruct = a.sig }] | load.images.enclave = a.sgxs: must be the path of an SGXS file; there is no file",
        "load { image = small, images = [{ image = tiny }] } | load.image = small: must be left out",
        "load.signers = 0        | load.signers = 0: must be a whole number from 1 to 8",
        "load.signers = 9        | load.signers = 9: must be a whole number from 1 to 8",
        "load.le-signers = 9     | load.le-signers = 9: must be a whole number from 1 to 8",
        "load.bursts.on = 0 ms   | load.bursts.on = 0 ms: must be a time above 0",
        "load.bursts.on-times = drawn | load.bursts.on-times = drawn: must be one of fixed, exponential",
        "load.ramp.to = 0        | load.ramp.to = 0: must be a number above 0",
        "load { arrivals = ramp, length = 5 launches } | load.length = 5 launches: must be a time (2 s)",
        "load { arrivals = replay, replay = no.csv } | load.replay = no.csv: must be the path of a CSV file",
        "load.warm-up = 5        | load.warm-up = 5: must be a time of at least 0 with its unit",
        "load.warm-up = -5 ms    | load.warm-up = -5 ms: must be a time of at least 0 with its unit",
        "load.lifetime = 5 miles | load.lifetime = 5 miles: must be a time of at least 0",
        "load.length = 5         | load.length = 5: must be a time above 0 with its unit",
        "load.length = 0 s       | load.length = 0 s: must be a time above 0",
        "load.length = 0 launches | load.length = 0 launches: must be a time above 0",
        "load.length = 300 launchs | load.length = 300 launchs: must be a time above 0 with its unit (2 s) or a number of launches (20000 launches)",
        "load.images = [{image = tiny}, {image = tiny, weight = 2}] | load.images: tiny is given twice; give it once, with the sum of the weights",
        "kernel.preset = v7      | kernel.preset = v7: must be v5",
        "kernel.user-le.policy = none.bin | kernel.user-le.policy = none.bin: must be everything, debug, or the file of a white list: there is no file ",
        "kernel.migration = 2    | kernel.migration = 2: must be a probability, at most 1",
        "kernel { migration = 0.5, scheduling = pinned } | kernel.migration = 0.5: must be 0, because",
        "machine.ghz = 0         | machine.ghz = 0: must be above 0",
        "machine.interrupt-bursts.off = 1 ms | machine.interrupt-bursts.off = 1 ms: must be 0 ms where machine.device-interrupts-per-second = 0",
        "machine.cores = 0       | machine.cores = 0: must be a whole number from 1 to 4096",
        "machine.cores = many    | machine.cores has type STRING rather than NUMBER",
        "machine.epc-mib = 1.001 | machine.epc-mib = 1.001: must be a multiple of 4 KiB",
        "machine.costs.jitter = 1 | machine.costs.jitter = 1: must be below 1",
        "machine.costs.overrides.enit = 5 | machine.costs.overrides.enit = 5: must be the name of",
        "load.length = -9 launches | load.length = -9 launches: must be a time above 0",
      })
  void badValueIsRefusedInOneLineThatNamesPlaceKeyAndWhatIsRight(String line, String expected)
      throws IOException {
    Path file = folder.resolve("bad.conf");
    Files.writeString(file, "description = \"bad\"\n\n" + line + "\n");
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith(file + ":3: ")
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "load.think-time = 5 ms | load.think-time: has no meaning with load.arrivals = poisson: leave it out, or arrivals must be closed",
        "load.bursts.on = 5 ms   | load.bursts: has no meaning with load.arrivals = poisson: leave it out, or arrivals must be bursts",
        "load.ramp.to = 5        | load.ramp: has no meaning with load.arrivals = poisson: leave it out, or arrivals must be ramp",
        "load.replay = a.csv     | load.replay: has no meaning with load.arrivals = poisson: leave it out, or arrivals must be replay",
        "load { arrivals = closed, rate = 5 } | load.rate: has no meaning with load.arrivals = closed: leave it out, or arrivals must be poisson or deterministic or bursts",
        "load { arrivals = ramp, rate = 5 } | load.rate: has no meaning with load.arrivals = ramp",
        "load.guests.rate = 5    | load.guests.rate: has no meaning with load.guests.vcpus = 0: leave it out, or guests.vcpus must be a number above 0",
        "load.guests.hash = signer | load.guests.hash: has no meaning with load.guests.vcpus = 0",
        "load.groups.a.zero-cycles = 5 | load.groups.a.zero-cycles: has no meaning with load.groups.a.warm-start = none: leave it out, or warm-start must be sdk",
        "load.groups.a.touch.count = 5 | load.groups.a.touch.count: has no meaning with load.groups.a.touch.pattern = none",
        "load.groups.a.touch { pattern = uniform, exponent = 2 } | load.groups.a.touch.exponent: has no meaning with load.groups.a.touch.pattern = uniform",
        "kernel.user-le.workers = 4 | kernel.user-le.workers: has no meaning with kernel.launch = kernel-le: leave it out, or launch must be user-le",
        "kernel { launch = direct, kernel-le.threads = 4 } | kernel.kernel-le.threads: has no meaning with kernel.launch = direct: leave it out, or launch must be kernel-le",
        "kernel { preset = mainline, user-le.cache.place = daemon } | kernel.user-le.cache.place: has no meaning with kernel.launch = direct",
        "kernel { launch = user-le, user-le.cache.expiry = 1 ms } | kernel.user-le.cache.expiry: has no meaning with kernel.user-le.cache.place = none: leave it out, or place must be application or daemon",
        "kernel { launch = user-le, user-le.cache.capacity = 7 } | kernel.user-le.cache.capacity: has no meaning with kernel.user-le.cache.place = none",
        "kernel { launch = user-le, user-le.cache.coalesce = off } | kernel.user-le.cache.coalesce: has no meaning with kernel.user-le.cache.place = none",
        "kernel { launch = user-le, user-le.idle-timeout = 1 ms } | kernel.user-le.idle-timeout: has no meaning with kernel.user-le.life = always: leave it out, or life must be on-demand",
        "load.groups.a.touch { pattern = zipf, phase = 2 } | load.groups.a.touch.phase: has no meaning with load.groups.a.touch.pattern = zipf",
      })
  void keyWithoutAnEffectIsRefusedInOneLineThatNamesPlaceKeyAndWhatIsRight(
      String line, String expected) throws IOException {
    badValueIsRefusedInOneLineThatNamesPlaceKeyAndWhatIsRight(line, expected);
  }

  @Test
  void aSettingMayChooseAnotherKindOfArrivalsForAScenario() throws IOException {
    Path file = folder.resolve("rate.conf");
    Files.writeString(file, "load { rate = 500, arrivals = poisson }\n");
    List<String> closed = List.of("load.arrivals=closed", "load.think-time=5 ms");
    Scenario scenario = Scenarios.load(file.toString(), closed, OptionalLong.empty());
    assertThat(scenario.load().thinkTimeNanos()).isEqualTo(5_000_000);
    assertThatThrownBy(
            () ->
                Scenarios.load(
                    file.toString(), List.of("load.think-time=5 ms"), OptionalLong.empty()))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("command line: load.think-time: has no meaning");
  }

  @Test
  void aNumberOfLaunchesNeedsNoSpace() {
    Scenario scenario =
        Scenarios.load(Scenarios.DEFAULT, List.of("load.length=300launches"), OptionalLong.empty());
    assertThat(scenario.load().length()).isEqualTo(new RunLength.Count(300));
  }

  @Test
  void aSettingMayChooseAnotherDesignForAScenario() throws IOException {
    Path file = folder.resolve("daemon.conf");
    Files.writeString(
        file,
        "kernel { launch = user-le, user-le { workers = 4, cache { place = daemon, capacity = 7 } } }");
    for (String other :
        List.of(
            "kernel.launch=direct", "kernel.launch=kernel-le", "kernel.user-le.cache.place=none")) {
      Scenarios.load(file.toString(), List.of(other), OptionalLong.empty());
    }
    List<String> both = List.of("kernel.launch=direct", "kernel.user-le.workers=2");
    assertThatThrownBy(() -> Scenarios.load(file.toString(), both, OptionalLong.empty()))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith("command line: kernel.user-le.workers: has no meaning with");
  }

  @Test
  void groupDefaultsAreForAllGroupsWhateverEachChooses() throws IOException {
    Path file = folder.resolve("defaults.conf");
    Files.writeString(
        file,
        "load { group-defaults.touch.exponent = 2\n"
            + "groups { a.touch.pattern = zipf, b.touch.pattern = uniform } }\n");
    assertThat(load(file).load().groups()).hasSize(2);
  }

  @Test
  void brokenSyntaxIsRefusedInOneLineWithItsPlace() throws IOException {
    Path file = folder.resolve("broken.conf");
    Files.writeString(file, "load {\n  rate = 5\n");
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(ScenarioException.class)
        .message()
        .contains("broken.conf")
        .doesNotContain("\n");
  }

  @Test
  void missingFileIsRefusedWithTheScenariosThereAre() {
    assertThatThrownBy(() -> Scenarios.load("nosuch", List.of(), OptionalLong.empty()))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("nosuch: is neither a file nor one of the embedded scenarios")
        .hasMessageContaining(Scenarios.DEFAULT);
  }

  @Test
  void settingWithoutValueIsRefused() {
    assertThatThrownBy(
            () -> Scenarios.load(Scenarios.DEFAULT, List.of("load.rate"), OptionalLong.empty()))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("must be key=value");
  }

  @Test
  void environmentIsNotLookedAt() throws IOException {
    Path file = folder.resolve("env.conf");
    Files.writeString(file, "load.image = ${PATH}\n");
    assertThat(System.getenv("PATH")).isNotNull();
    assertThatThrownBy(() -> load(file))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("PATH");
  }

  @Test
  void systemPropertiesDoNotReachAScenario() {
    System.setProperty("ksgx.load.rate", "77");
    System.setProperty("load.rate", "77");
    try {
      assertThat(
              Scenarios.load("closed-loop", List.of(), OptionalLong.empty()).load().ratePerSecond())
          .isNotEqualTo(77);
    } finally {
      System.clearProperty("ksgx.load.rate");
      System.clearProperty("load.rate");
    }
  }

  private static Scenario load(Path file) {
    return Scenarios.load(file.toString(), List.of(), OptionalLong.empty());
  }
}
