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

/** The grammar of lives. */
class LivesScenarioTest {
  @TempDir private Path folder;

  @Test
  void groupThatSaysNothingIsTheOneOfTheReference() throws IOException {
    LivesPlan plan = plan("load { kind = lives, groups.one {} }");
    assertThat(plan.groups())
        .containsExactly(
            new LifeGroup(
                "one",
                1,
                false,
                0,
                1,
                316,
                20_480,
                1,
                LifeGroup.Adds.PAGE,
                LifeGroup.WarmStart.NONE,
                1500,
                new TouchPlan(TouchPlan.Pattern.NONE, 20_480, 10_000, 200, 0.99, 256, 10_000),
                0,
                true));
    assertThat(plan.lengthNanos()).isZero();
  }

  @Test
  void everyKeyOfAGroupReachesThePlan() throws IOException {
    LivesPlan plan =
        plan(
            """
            kernel.preset = mainline
            load { kind = lives, seed = 5, length = 3 s, groups.full {
              processes = 2, order = sequence, start = 4 ms, repeats = 3, measured-pages = 20
              unmeasured-pages = 50, threads = 2, adds = range, warm-start = sdk, zero-cycles = 7
              touch { pattern = phases, pages = 40, count = 9, cycles = 8
                      working-set = 11, phase = 6 }
              hold = 2 ms, destroy = false
            }, group-defaults.touch.exponent = 1.5 }
            """);
    assertThat(plan)
        .isEqualTo(
            new LivesPlan(
                5,
                3_000_000_000L,
                List.of(
                    new LifeGroup(
                        "full",
                        2,
                        true,
                        4_000_000,
                        3,
                        20,
                        50,
                        2,
                        LifeGroup.Adds.RANGE,
                        LifeGroup.WarmStart.SDK,
                        7,
                        new TouchPlan(TouchPlan.Pattern.PHASES, 40, 9, 8, 1.5, 11, 6),
                        2_000_000,
                        false))));
  }

  @Test
  void groupsStandInTheOrderOfTheirNamesAndShareDefaultsThatTheScenarioSets() throws IOException {
    LivesPlan plan =
        plan(
            """
            load { kind = lives
              group-defaults { threads = 3, touch.pattern = uniform }
              groups { b { threads = 2 }, c {}, a.touch.pattern = zipf }
            }
            """);
    assertThat(plan.groups()).extracting(LifeGroup::name).containsExactly("a", "b", "c");
    assertThat(plan.groups()).extracting(LifeGroup::threads).containsExactly(3, 2, 3);
    assertThat(plan.groups())
        .extracting(group -> group.touch().pattern())
        .containsExactly(
            TouchPlan.Pattern.ZIPF, TouchPlan.Pattern.UNIFORM, TouchPlan.Pattern.UNIFORM);
  }

  @Test
  void settingReachesAGroup() {
    Scenario scenario =
        Scenarios.load("sdk-heap-80mb", List.of("load.groups.sdk.repeats=4"), OptionalLong.of(11));
    assertThat(scenario.lives().orElseThrow().groups().get(0).repeats()).isEqualTo(4);
    assertThat(scenario.lives().orElseThrow().seed()).isEqualTo(11);
    assertThat(scenario.settings())
        .contains(
            new Scenario.Setting("load.groups.sdk.repeats", "4", "command line"),
            new Scenario.Setting("load.groups.sdk.threads", "1", Scenario.REFERENCE));
  }

  @Test
  void launchesHaveNoLives() {
    Scenario storm = Scenarios.load(Scenarios.DEFAULT, List.of(), OptionalLong.empty());
    assertThat(storm.lives()).isEmpty();
    assertThat(storm.load().groups()).isEmpty();
  }

  /** Rows of costs.md 3: what each experiment needs must be expressible. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "machine.epc-mib = 93.5, kernel.preset = mainline, load.groups.a1 { unmeasured-pages = 20480, warm-start = sdk }",
        "machine.epc-mib = 93.5, kernel.preset = mainline, load.groups.a2 { unmeasured-pages = 262144, warm-start = sdk }",
        "machine.epc-mib = 93.5, kernel.preset = mainline, load.groups { a3-1 { unmeasured-pages = 256, warm-start = sdk }, a3-10 { unmeasured-pages = 2560, warm-start = sdk } }",
        "machine.epc-mib = 65144, machine.ghz = 4.6, kernel.preset = mainline, load.groups.a4 { unmeasured-pages = 2621440, adds = range, warm-start = sdk }",
        "machine.ghz = 3.2, kernel.preset = v5, load.groups.a5 { measured-pages = 0, unmeasured-pages = 65536, threads = 0 }",
        "kernel.preset = v5, load.groups.a6 { unmeasured-pages = 2097152, warm-start = sdk }",
        "kernel.preset = v5, load.groups.a7 { measured-pages = 64, unmeasured-pages = 16, repeats = 1000 }",
      })
  void experimentOfThePapersCanBeTypedIn(String body) throws IOException {
    assertThat(plan("load.kind = lives, " + body).groups()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "groups.hot.thread = 2 | unknown key load.groups.hot.thread; the nearest known key is load.groups.hot.threads",
        "groups.hot.touch.patern = zipf | unknown key load.groups.hot.touch.patern; the nearest known key is load.groups.hot.touch.pattern",
        "group.hot.threads = 2 | unknown key load.group; the nearest known key is load.groups",
        "group-defaults.thread = 2 | unknown key load.group-defaults.thread; the nearest known key is load.group-defaults.threads",
        "groups.hot = 5 | load.groups.hot = 5: is a group of keys, not a value",
        "groups = 5 | load.groups = 5: is a group of keys, not a value",
        "groups { \"a b\" {} } | the name of a group must be 1 to 40 letters, digits, - or _",
        "groups.hot.touch = zipf | load.groups.hot.touch = zipf: is a group of keys, not a value",
        "groups.hot.threads { x = 1 } | load.groups.hot.threads: is a value, not a group of keys",
        "rate = 5, groups.hot {} | load.rate: has no meaning with load.kind = lives",
        "image = tiny, groups.hot {} | load.image: has no meaning with load.kind = lives",
        "groups.hot.processes = 0 | load.groups.hot.processes = 0: must be a whole number from 1 to 4096",
        "groups { a.processes = 4096, b {} } | load.groups.a.processes = 4096: must be less: all groups together have at most 4096",
        "groups.hot.order = random | must be one of parallel, sequence; nearest: ",
        "groups.hot.start = 5 | load.groups.hot.start = 5: must be a time of at least 0",
        "groups.hot.repeats = 0 | must be a whole number from 1 to 1000000",
        "groups.hot.measured-pages = 3 | must be at least 4: 3 for each thread and one of code",
        "groups.hot { threads = 0, measured-pages = 0, unmeasured-pages = 0 } | load.groups.hot.unmeasured-pages = 0: must be above 0",
        "groups.hot { threads = 0, touch.pattern = uniform } | load.groups.hot.threads = 0: must be at least 1",
        "groups.hot { threads = 0, warm-start = sdk } | load.groups.hot.threads = 0: must be at least 1",
        "groups.hot.threads = 257 | must be a whole number from 0 to 256",
        "groups.hot.adds = pages | must be one of page, range; nearest: page",
        "groups.hot.adds = range | load.groups.hot.adds = range: must be page with kernel.preset = v5",
        "groups.hot.warm-start = sgx | must be one of none, sdk; nearest: sdk",
        "groups.hot.zero-cycles = -1 | must be a whole number from 0 to 1000000",
        "groups.hot.unmeasured-pages = 17000000 | must be a whole number from 0 to 16777216",
        "groups.hot.touch.pattern = zipff | must be one of none, sequential, uniform, zipf, phases; nearest: zipf",
        "groups.hot { unmeasured-pages = 10, touch.pages = 11 } | must be all or a whole number from 1 to the 10 pages of the heap",
        "groups.hot { unmeasured-pages = 0, touch.pattern = uniform } | must be none, because the heap has no page",
        "groups.hot { unmeasured-pages = 10, touch { pattern = phases, working-set = 11 } } | must be at most the 10 pages that are touched",
        "groups.hot.touch.count = 0 | must be a whole number from 1 to 1000000000000",
        "groups.hot.touch.exponent = 0 | must be a number above 0 and at most 10",
        "groups.hot.touch.phase = 0 | must be a whole number from 1",
        "groups.hot.touch.cycles = -1 | must be a whole number from 0",
        "groups.hot.destroy = perhaps | load.groups.hot.destroy = perhaps: must be true or false",
        "groups.hot.hold = 1 | load.groups.hot.hold = 1: must be a time of at least 0",
        "length = 5 launches, groups.hot {} | load.length = 5 launches: must be a time of at least 0",
        "length = 0 s, groups.hot {} | load.length = 0 s: must be a time above 0",
        "seed = 1 | load.kind = lives: must be launches, or there must be at least one group",
      })
  void badLivesAreRefusedInOneLineThatNamesKeyAndWhatIsRight(String body, String expected) {
    assertThatThrownBy(() -> plan("load { kind = lives, " + body + " }"))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining(expected)
        .hasMessageStartingWith(folder.resolve("lives.conf") + ":1: ")
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "load.kind = live | load.kind = live: must be one of launches, lives; nearest: lives",
        "load.groups { a.processes = 4096, b {} } | load.groups.a.processes = 4096: must be less: all groups",
        "load.group-defaults.threads = 2 | load.group-defaults: has no meaning without a group in load.groups",
      })
  void groupsBesideLaunchesAreCheckedAsGroupsOfLives(String body, String expected) {
    assertThatThrownBy(() -> plan(body))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining(expected);
  }

  private LivesPlan plan(String scenario) throws IOException {
    Path file = folder.resolve("lives.conf");
    Files.writeString(file, scenario + "\n");
    return Scenarios.load(file.toString(), List.of(), OptionalLong.empty()).lives().orElseThrow();
  }
}
