package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code compare} and {@code diff}: what they write, what they answer, what they refuse. */
class CompareCommandTest {
  private static final List<String> SHORT =
      List.of(
          "compare",
          "comparison",
          "--designs",
          "v5,direct-always",
          "--replications",
          "2",
          "--set",
          "load.length=10 ms",
          "--set",
          "load.warm-up=5 ms");

  @TempDir private Path folder;

  private static Ran compare(Object... more) {
    List<Object> words = new ArrayList<>(SHORT);
    words.addAll(Arrays.asList(more));
    return Ran.ksgx(words.toArray());
  }

  private static void refused(Ran ran, String... said) {
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("ksgx: ").contains(said).doesNotContain("Exception");
    assertThat(ran.err().lines()).hasSize(1);
  }

  private List<String> files(Path where) throws IOException {
    try (Stream<Path> files = Files.list(where)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void resultsAreTheSameWhateverRunsAtATimeAndTheSeedIsTheStudy() throws IOException {
    Ran one = compare("--jobs", "1", "--out", folder.resolve("one"));
    Ran two = compare("--jobs", "2", "--out", folder.resolve("two"));
    assertThat(one.code()).as(one.err()).isEqualTo(ExitCode.OK);
    assertThat(two.out()).isEqualTo(one.out()).contains("direct-always", "v5", "difference");
    assertThat(files(folder.resolve("one")))
        .contains("report.html", "results.json", "results.csv", "latencies.hlog", "summary.txt")
        .doesNotContain("junit.xml");
    for (String file : files(folder.resolve("one"))) {
      assertThat(folder.resolve("two").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("one").resolve(file));
    }
    Path json = folder.resolve("one/results.json");
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertThat(report.path("command").asText())
        .isEqualTo(
            "ksgx compare comparison --designs v5,direct-always --set 'load.length=10 ms' --set"
                + " 'load.warm-up=5 ms' --replications 2");
    Ran same = Ran.ksgx("diff", json, folder.resolve("two/results.json"));
    assertThat(same.code()).isEqualTo(ExitCode.OK);
    assertThat(same.out()).isEqualTo("nothing changed" + System.lineSeparator());
    compare("--set", "machine.ghz=1.9", "--out", folder.resolve("slow"));
    Ran slower = Ran.ksgx("diff", json, folder.resolve("slow/results.json"));
    assertThat(slower.code()).isEqualTo(ExitCode.NO);
    assertThat(slower.out())
        .startsWith("studies differ: machine.ghz: 3.8, now 1.9" + System.lineSeparator())
        .contains("v5: ", " change; what was asked differs in 1 respect");
  }

  @Test
  void assertionThatFailsIsExitCodeOneAndAFailureInTheXml() throws IOException {
    Path xml = folder.resolve("junit.xml");
    Ran ran =
        compare(
            "--assert",
            "failed == 0",
            "--assert",
            "mean < 1 us for v5",
            "--junit",
            xml,
            "--out",
            folder.resolve("out"));
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.NO);
    assertThat(ran.out()).contains("FAILED mean < 1 us for v5: v5: is ", "assertions: 2 of 3 hold");
    assertThat(xml).content().contains("tests=\"3\" failures=\"1\"");
    assertThat(folder.resolve("out/junit.xml")).hasSameBinaryContentAs(xml);
    compare("--out", folder.resolve("out"));
    assertThat(folder.resolve("out/junit.xml")).doesNotExist();
  }

  @Test
  void whereNothingSucceededThereIsNoAnswer() {
    Ran ran = compare("--set", "load.rate=1");
    assertThat(ran.code()).isEqualTo(ExitCode.NO);
    assertThat(ran.err()).contains("ksgx: no launch succeeded in any window");
    assertThat(ran.out()).contains("no launch that was planned in the window ended in it");
  }

  @Test
  void jsonIsOneLineAndAssertionsThatHoldAreExitCodeZero() throws IOException {
    Ran ran = compare("--json", "--assert", "achieved > 1");
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    assertThat(ran.out().lines()).hasSize(1);
    assertThat(new ObjectMapper().readTree(ran.out()).path("points")).hasSize(2);
    assertThat(ran.err()).contains("assertions: 2 of 2 hold");
  }

  @Test
  void presetsAndAblationSayWhatTheyCompare() {
    String[] shortly = {"--replications", "1", "--set", "load.length=5 ms", "--json"};
    Ran presets = Ran.ksgx(words(shortly, "compare", "comparison", "--presets", "v5,mainline"));
    assertThat(presets.code()).as(presets.err()).isEqualTo(ExitCode.OK);
    assertThat(presets.out()).contains("historical bundles as shipped");
    Ran ablation = Ran.ksgx(words(shortly, "compare", "comparison", "--ablate", "v5:mainline"));
    assertThat(ablation.code()).as(ablation.err()).isEqualTo(ExitCode.OK);
    assertThat(ablation.out()).contains("\"v5+add\"", "\"v5+launch\"", "one axis at a time");
  }

  private static Object[] words(String[] more, String... first) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray();
  }

  @Test
  void badInputIsRefusedBeforeAnythingIsRun() throws IOException {
    Path out = folder.resolve("out");
    refused(Ran.ksgx("compare", "--designs", "v5,v7", "--out", out), "unknown design v7", "v5");
    refused(Ran.ksgx("compare", "--designs", "v5"), "name at least two");
    refused(Ran.ksgx("compare", "--designs", "v5,v5"), "design v5 is given twice");
    refused(Ran.ksgx("compare", "--designs", "v5,v6", "--presets", "v5"), "only one of them");
    refused(Ran.ksgx("compare", "--presets", "v5,v6"), "unknown preset v6");
    refused(Ran.ksgx("compare", "--ablate", "v5"), "two presets such as v5:mainline");
    refused(Ran.ksgx("compare", "none.conf"), "none.conf: is neither a file");
    refused(Ran.ksgx("compare", "--set", "load.rate=5"), "the study itself varies load.rate");
    refused(Ran.ksgx("compare", "--set", "load.raet=5"), "unknown key load.raet");
    refused(Ran.ksgx("compare", "comparison", "--full"), "--full");
    refused(Ran.ksgx("compare", "sdk-heap-80mb"), "this scenario has lives");
    refused(Ran.ksgx("compare", "--set", "load { rate = 5 }"), "itself varies load.rate");
    refused(Ran.ksgx("compare", "--set", "load.rate : 5 #=1"), "itself varies load.rate");
    refused(Ran.ksgx("compare", "--set", "machine { cores=5 }"), "itself varies machine.cores");
    refused(
        Ran.ksgx("compare", "--full", "--set", "kernel.scheduling=pinned"),
        "itself varies kernel.scheduling");
    refused(compare("--jobs", "0"), "--jobs 0");
    refused(compare("--seed", "-3"), "--seed -3");
    refused(Ran.ksgx("compare", "--replications", "0"), "--replications 0");
    refused(Ran.ksgx("compare", "--until", "0"), "--until 0");
    refused(compare("--assert", "p99 < 5", "--out", out), "p99 needs a unit");
    refused(compare("--assert", "p99 < 5 ms for v6"), "no design v6 is compared");
    refused(compare("--junit", folder.resolve("x.xml")), "nothing to write without --assert");
    refused(
        compare("--assert", "mean < 5 ms", "--junit", folder.resolve("no/x.xml")),
        "no such directory");
    refused(compare("--out", "/proc/x"), "/proc/x: cannot be made; nothing can be made in /proc");
    refused(compare("--trace", "/proc/x"), "/proc/x: cannot be made; nothing can be made in /proc");
    refused(compare("--out", ""), "'--out': is empty");
    refused(
        compare("--assert", "mean < 5 ms", "--junit", "/proc/j.xml", "--out", out),
        "/proc/j.xml: cannot be written; nothing can be made in /proc");
    refused(Ran.ksgx("compare", "--designs", ","), "--designs ',': a name is empty; must be such");
    refused(Ran.ksgx("compare", "--designs", "v5,v6,"), "--designs 'v5,v6,': a name is empty");
    refused(Ran.ksgx("compare", "--designs", ""), "--designs '': a name is empty");
    refused(Ran.ksgx("compare", "--presets", ","), "--presets ',': a name is empty; must be such");
    refused(Ran.ksgx("compare", "--faults", "--designs", ","), "--designs ',': a name is empty");
    refused(Ran.ksgx("compare", "--ablate", "v5:"), "two presets such as v5:mainline");
    refused(
        compare("--set", "kernel.msr=cached"), "kernel.msr = cached: v5 sets kernel.msr = lazy");
    refused(
        Ran.ksgx("compare", "comparison", "--ablate", "v5:mainline", "--set", "kernel.bugs=fixed"),
        "kernel.bugs = fixed: v5 sets kernel.bugs = as-shipped itself");
    Path mine = folder.resolve("mine.conf");
    Files.writeString(mine, "kernel.launch = direct");
    refused(
        Ran.ksgx("compare", "--designs", "v5," + mine, "--assert", "failed == 0", "--junit", mine),
        "mine.conf: is also an input; name another file for the output");
    Path list = Files.write(folder.resolve("list.bin"), new byte[0]);
    Path listed = folder.resolve("listed.conf");
    Files.writeString(listed, "kernel { launch = user-le, user-le.policy = list.bin }");
    refused(
        Ran.ksgx("compare", "--designs", "v5," + listed),
        "listed.conf:1: kernel.user-le.policy = list.bin: must be everything, debug, or the file of",
        list + " has 0 bytes");
    refused(
        Ran.ksgx("run", "--set", "kernel.launch=user-le", "--set", "kernel.user-le.policy=/no.bin"),
        "command line: kernel.user-le.policy = /no.bin",
        "there is no file /no.bin");
    refused(Ran.ksgx("size", "--slo", "mean < 5 ms", "--design", listed), "list.bin has 0 bytes");
    Path file = folder.resolve("deferred.conf");
    Files.writeString(file, "kernel { launch = kernel-le, add = deferred }");
    refused(Ran.ksgx("compare", "--designs", "v5," + file), "design deferred sets kernel.add");
    Files.writeString(file, "kernel { launch = kernel-le, hash-surce = boot }");
    refused(
        Ran.ksgx("compare", "--designs", "v5," + file),
        "deferred.conf:1: unknown key kernel.hash-surce",
        "kernel.hash-source");
    assertThat(out).doesNotExist();
  }

  @Test
  void filesThatDiffCannotCompareAreRefused() throws IOException {
    Path run = Files.writeString(folder.resolve("run.json"), "{\"virtualSeconds\":1}");
    Path study = Files.writeString(folder.resolve("study.json"), "{\"format\":2,\"points\":[]}");
    Path other = Files.writeString(folder.resolve("other.json"), "{\"a\":1}");
    Path text = Files.writeString(folder.resolve("text.json"), "hello");
    refused(Ran.ksgx("diff", run, study), "one is of compare, the other is of run");
    refused(Ran.ksgx("diff", study, study), "has format 2");
    Path half = Files.writeString(folder.resolve("half.json"), "{\"format\":1,\"points\":null}");
    refused(Ran.ksgx("diff", half, half), "half.json: is no report of a study");
    refused(Ran.ksgx("diff", other, run), "is no result of compare or of run --json");
    refused(Ran.ksgx("diff", text, run), "text.json:1: is no JSON, from column 1 on");
    Path cut = Files.writeString(folder.resolve("cut.json"), "{\"format\":1,\"points\":[{");
    refused(Ran.ksgx("diff", cut, run), "cut.json: is cut off: it ends in the middle of the JSON");
    refused(Ran.ksgx("diff", run, "none.json"), "none.json: no such file");
    refused(Ran.ksgx("diff", run), "NEW.json");
    assertThat(Ran.ksgx("diff", run, run).code()).isEqualTo(ExitCode.OK);
  }

  @Test
  void diffNeverSaysThatNothingChangedBetweenDifferentStudies() throws IOException {
    compare("--out", folder.resolve("old"));
    Path old = folder.resolve("old/results.json");
    Path now = folder.resolve("now.json");
    Files.writeString(
        now,
        Files.readString(old)
            .replace("\"load.processes\" : \"256\"", "\"load.processes\" : \"9\""));
    Ran ran = Ran.ksgx("diff", old, now);
    assertThat(ran.code()).isEqualTo(ExitCode.NO);
    assertThat(ran.out().lines())
        .containsExactly(
            "studies differ: load.processes: 256, now 9",
            "no figure changed; what was asked differs in 1 respect");
    Files.writeString(
        now, Files.readString(old).replaceFirst("\"seed\" : [0-9]+", "\"seed\" : 12345"));
    Ran seeds = Ran.ksgx("diff", old, now);
    assertThat(seeds.code()).isEqualTo(ExitCode.OK);
    assertThat(seeds.out().lines()).containsExactly("note: seed: 1, now 12345", "nothing changed");
  }

  @Test
  void faultsAreATableOfTheirOwnAndTakeNothingThatWouldChangeItsCourse() throws IOException {
    Path out = folder.resolve("faults");
    Ran ran = Ran.ksgx("compare", "--faults", "--designs", "v11,direct-always", "--out", out);
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    assertThat(ran.out()).contains("hung: ", "| v11 ", "restart 0", "open: -ENODEV");
    assertThat(files(out)).containsExactly("results.json", "summary.txt");
    assertThat(out.resolve("summary.txt")).hasContent(ran.out());
    JsonNode table = new ObjectMapper().readTree(out.resolve("results.json").toFile());
    assertThat(table.path("rows")).hasSizeGreaterThanOrEqualTo(24);
    assertThat(table.path("rows").get(0).path("state").asText()).isEqualTo("healthy");
    refused(Ran.ksgx("compare", "comparison", "--faults"), "--faults");
    refused(Ran.ksgx("compare", "--faults", "--set", "machine.cores=2"), "--faults");
    refused(Ran.ksgx("compare", "--faults", "--assert", "p99 < 5 ms"), "--assert");
    refused(Ran.ksgx("compare", "--faults", "--designs", "v12"), "v11");
    refused(Ran.ksgx("compare", "--faults", "--trace", folder.resolve("t")), "--trace");
  }
}
