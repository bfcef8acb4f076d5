package dev.ksgx.load.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.study.Designs;
import dev.ksgx.load.study.Seeds;
import dev.ksgx.load.study.StudyControl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Points, files, and what is left when a sweep stops. */
class SweepRunTest {
  @TempDir private Path folder;

  private static SweepPlan plan(long seed, String rates, String... more) {
    List<String> vary = new ArrayList<>(List.of("load.rate=" + rates, "machine.cores=2,4"));
    vary.addAll(List.of(more));
    return SweepPlans.of(
        new SweepRequest(
            "",
            "comparison",
            List.of("load.length=10 ms", "load.warm-up=2 ms"),
            OptionalLong.of(seed),
            Designs.of(List.of("v5", "direct-always")),
            vary,
            0,
            List.of(),
            1));
  }

  private static SweepPlan sample(int samples) {
    return SweepPlans.of(
        new SweepRequest(
            "ksgx sweep",
            "argument",
            List.of("load.processes=16", "load.warm-up=2 ms", "machine.cores=4"),
            OptionalLong.of(1),
            Designs.of(List.of("v5", "direct-always")),
            List.of(),
            samples,
            List.of("image=tiny", "load.length=150 launches"),
            1));
  }

  private Path swept(String name, SweepPlan plan, int jobs) throws Exception {
    Path path = folder.resolve(name);
    SweepFile file = SweepFile.open(path, plan);
    List<Row> rows = SweepRun.run(plan, file, jobs, StudyControl.NONE);
    assertThat(rows).hasSize(plan.points().size());
    file.finish(rows);
    return path;
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonl", "csv"})
  void aSweepThatIsTakenUpAgainGivesTheBytesOfOneThatWasNotStopped(String ending) throws Exception {
    SweepPlan plan = plan(1, "1000,2000");
    Path whole = swept("whole." + ending, plan, 2);
    Path again = folder.resolve("again." + ending);
    SweepFile first = SweepFile.open(again, plan);
    List<Integer> ended = new ArrayList<>();
    StudyControl afterThree =
        new StudyControl() {
          @Override
          public boolean stopRequested() {
            return ended.size() >= 3;
          }

          @Override
          public void progress(int done, int planned) {
            ended.add(done);
          }
        };
    assertThat(SweepRun.run(plan, first, 1, afterThree)).hasSize(3);
    int lines = ending.equals("csv") ? 4 : 3;
    assertThat(Files.readAllLines(again)).hasSize(lines);
    // The power fails in the middle of a line.
    String text = Files.readString(again);
    Files.writeString(again, text.substring(0, text.length() - 20));
    SweepFile second = SweepFile.open(again, plan);
    assertThat(second.known()).hasSize(2);
    assertThat(Files.readAllLines(again)).hasSize(lines - 1);
    List<Integer> planned = new ArrayList<>();
    StudyControl counting =
        new StudyControl() {
          @Override
          public void progress(int done, int all) {
            planned.add(all);
          }
        };
    second.finish(SweepRun.run(plan, second, 2, counting));
    assertThat(planned).hasSize(6).containsOnly(6);
    assertThat(again).hasSameBinaryContentAs(whole);
  }

  @Test
  void howManyRunAtATimeChangesNothing() throws Exception {
    SweepPlan plan = sample(4);
    Path one = swept("one.jsonl", plan, 1);
    Path two = swept("two.jsonl", plan, 2);
    assertThat(two).hasSameBinaryContentAs(one);
    List<Row> rows = SweepRun.run(plan, SweepFile.open(two, plan), 2, StudyControl.NONE);
    SampleReport report = SampleReport.of(plan, rows).orElseThrow();
    assertThat(report.samples()).isEqualTo(4);
    assertThat(report.rankings()).hasSize(1);
    assertThat(report.rankings().get(0).first()).isEqualTo("direct-always");
    assertThat(SampleText.of(report)).contains("direct-always is ahead of v5 in", "einit");
    assertThat(SampleText.of(report).lines()).allMatch(line -> line.length() <= 96);
  }

  @Test
  void designsOfASampleGetTheSameLaunchesAndSamplesDifferentOnes() throws Exception {
    SweepPlan plan = sample(3);
    List<Row> rows =
        SweepRun.run(plan, SweepFile.open(folder.resolve("s.jsonl"), plan), 2, StudyControl.NONE);
    for (int i = 0; i < rows.size(); i += 2) {
      assertThat(rows.get(i).at()).isEqualTo(rows.get(i + 1).at());
      assertThat(rows.get(i).offeredPerSecond()).isEqualTo(rows.get(i + 1).offeredPerSecond());
    }
    assertThat(rows.stream().map(Row::offeredPerSecond).distinct()).hasSize(3);
  }

  @Test
  void aSampleOfWhichNoneIsWholeHasNoReport() {
    assertThat(SampleReport.of(sample(3), List.of())).isEmpty();
  }

  /** Replications of one sample must not be what another sample is. */
  @Test
  void noReplicationOfASampleHasTheSeedOfAnotherSample() {
    List<Long> seeds = new ArrayList<>();
    for (SweepPlan.Cell cell : sample(4).cells()) {
      for (int replication = 0; replication < 4; replication++) {
        seeds.add(Seeds.of(cell.seed(), replication));
      }
    }
    assertThat(seeds).hasSize(16).doesNotHaveDuplicates();
  }

  @Test
  void moreValuesOfAnAxisTakeUpThePointsThatAreThere() throws Exception {
    Path path = swept("grid.jsonl", plan(1, "1000"), 1);
    SweepFile larger = SweepFile.open(path, plan(1, "1000,1500"));
    assertThat(larger.known()).hasSize(4);
  }

  @Test
  void aFileOfAnotherSweepIsRefusedAndLeftAsItIs() throws Exception {
    Path path = swept("grid.jsonl", plan(1, "1000"), 1);
    String before = Files.readString(path) + "{\"id\":\"torn";
    Files.writeString(path, before);
    refused(path, plan(2, "1000"), "seed 1, and this one has seed 2");
    refused(path, plan(1, "1500"), "another scenario, other settings");
    assertThat(Files.readString(path)).isEqualTo(before);
    Path text = folder.resolve("letter.txt");
    Files.writeString(text, "Dear Sir,");
    refused(text, plan(1, "1000"), "is no file of this sweep");
    assertThat(text).hasContent("Dear Sir,");
    Path version = folder.resolve("version.jsonl");
    Files.writeString(
        version, before.replace("\"version\":\"development\"", "\"version\":\"0.0.1\""));
    Files.writeString(
        version,
        Files.readString(version).replaceAll("\"id\":\"[0-9a-f]{16}", "\"id\":\"0000000000000000"));
    refused(version, plan(1, "1000"), "version 0.0.1");
  }

  private static void refused(Path path, SweepPlan plan, String why) {
    assertThatThrownBy(() -> SweepFile.open(path, plan))
        .isInstanceOf(ScenarioException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(why)
        .hasMessageNotContaining("\n");
  }

  /** Nothing can be read back from a pipe, and nothing may take its place. */
  @Test
  void aPipeGetsAllRowsAtTheEndAndStaysAPipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo");
    Path copy = folder.resolve("copy");
    Process reader =
        new ProcessBuilder("cat", pipe.toString()).redirectOutput(copy.toFile()).start();
    SweepPlan plan = plan(1, "1000");
    try {
      assertTimeoutPreemptively(Duration.ofSeconds(60), () -> swept("pipe", plan, 2));
      assertThat(reader.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      reader.destroy();
    }
    assertThat(Files.isRegularFile(pipe)).isFalse();
    assertThat(copy).hasSameBinaryContentAs(swept("grid.jsonl", plan, 2));
  }

  @Test
  void whatCannotBeVariedIsRefused() {
    for (String rates : List.of("", "1000,1000", "1000,,2000", "-1")) {
      assertThatThrownBy(() -> plan(1, rates)).isInstanceOf(ScenarioException.class);
    }
    assertThatThrownBy(() -> plan(1, "100,5000", "load=0.5"))
        .isInstanceOf(ScenarioException.class)
        .hasMessage("--vary load=0.5: load.rate and load both say the rate; vary one of them");
  }

  @Test
  void csvSaysWhatJsonSays() {
    SweepPlan plan = plan(1, "1000");
    RowFormat csv = RowFormat.csv(plan.axes());
    Row row =
        new Row(
            "1",
            "2",
            3,
            "a,\"b\"",
            plan.cells().get(0).at(),
            1,
            5,
            false,
            "cores",
            0.25,
            6.5,
            7,
            8.125,
            null,
            9.0,
            null,
            null,
            null,
            null,
            1);
    assertThat(csv.row(csv.line(row))).isEqualTo(row);
    assertThat(RowFormat.json().row(RowFormat.json().line(row))).isEqualTo(row);
  }
}
