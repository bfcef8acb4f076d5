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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sweep} and {@code size}: what they print and write, and what they refuse. */
class SweepCommandTest {
  private static final List<String> GRID =
      List.of("sweep", "comparison", "--set", "load.length=10 ms", "--set", "load.warm-up=2 ms");

  private static final List<String> SAMPLE =
      List.of(
          "sweep",
          "argument",
          "--sample",
          "3",
          "--designs",
          "v5,direct-always",
          "--set",
          "load.processes=16",
          "--set",
          "load.warm-up=2 ms",
          "--range",
          "image=tiny",
          "--range",
          "cores=4",
          "--range",
          "load.length=150 launches");

  @TempDir private Path folder;

  private static Ran ran(List<String> first, Object... more) {
    List<Object> words = new ArrayList<>(first);
    words.addAll(Arrays.asList(more));
    return Ran.ksgx(words.toArray());
  }

  private static void refused(Ran ran, String... said) {
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("ksgx: ").contains(said).doesNotContain("Exception");
    assertThat(ran.err().lines()).hasSize(1);
  }

  @Test
  void aGridIsALineAPointInTheOrderOfItsAxes() throws IOException {
    Ran printed = ran(GRID, "--vary", "load.rate=1000,2000", "--vary", "machine.cores=2,4");
    assertThat(printed.code()).as(printed.err()).isEqualTo(ExitCode.OK);
    ObjectMapper mapper = new ObjectMapper();
    List<String> points = new ArrayList<>();
    for (String line : printed.out().lines().toList()) {
      JsonNode at = mapper.readTree(line).path("at");
      points.add(at.path("load.rate").asText() + "/" + at.path("machine.cores").asText());
    }
    assertThat(points).containsExactly("1000/2", "1000/4", "2000/2", "2000/4");
    Path csv = folder.resolve("grid.csv");
    Ran written = ran(GRID, "--vary", "load.rate=1000,2000", "--out", csv);
    assertThat(written.out()).contains("2 of 2 points in", "0 of them were there");
    assertThat(Files.readAllLines(csv).get(0)).startsWith("id,version,seed,design,load.rate,");
    Ran again = ran(GRID, "--vary", "load.rate=1000,2000", "--out", csv);
    assertThat(again.out()).contains("2 of 2 points in", "2 of them were there");
    String before = Files.readString(csv);
    refused(ran(GRID, "--vary", "load.rate=1000,2000", "--seed", "9", "--out", csv), "seed 1");
    assertThat(csv).hasContent(before);
  }

  @Test
  void aSampleSaysWhoIsAheadInTextAndJson() throws IOException {
    Path file = folder.resolve("sample.jsonl");
    Ran text = ran(SAMPLE, "--out", file);
    assertThat(text.code()).as(text.err()).isEqualTo(ExitCode.OK);
    assertThat(text.out()).contains("3 samples", "direct-always is ahead of v5 in", "unbeaten");
    assertThat(Files.readAllLines(file)).hasSize(6);
    Ran json = ran(SAMPLE, "--out", file, "--json", "--jobs", "1");
    JsonNode report = new ObjectMapper().readTree(json.out());
    assertThat(report.path("samples").asInt()).isEqualTo(3);
    assertThat(report.path("rankings").get(0).path("ahead").path("share").isNumber()).isTrue();
    assertThat(report.path("command").asText())
        .startsWith("ksgx sweep argument --sample 3 --range image=tiny");
  }

  @Test
  void whatCannotBeSweptIsRefusedInOneLineAndNothingIsWritten() throws IOException {
    Path out = folder.resolve("none.jsonl");
    refused(ran(GRID, "--out", out), "either --vary or --sample");
    refused(
        ran(GRID, "--vary", "machine.cores=2", "--out", "/proc/x.csv"),
        "/proc/x.csv: cannot be written; nothing can be made in /proc");
    Path mine = Files.writeString(folder.resolve("mine.conf"), "kernel.launch = direct");
    refused(
        ran(GRID, "--vary", "machine.cores=2", "--designs", "v5," + mine, "--out", mine),
        "mine.conf: is also an input; name another file for the output");
    refused(ran(GRID, "--vary", "machine.cores=2", "--designs", ","), "--designs ',': a name is");
    refused(ran(GRID, "--vary", "load.rate", "--out", out), "must be KEY=V1,V2");
    refused(ran(GRID, "--vary", "load.rat=1,2", "--out", out), "nearest known key is load.rate");
    refused(ran(GRID, "--vary", "load.rate=1,x", "--out", out), "load.rate = x");
    refused(ran(GRID, "--vary", "load=0.5,y", "--out", out), "share of the first design");
    refused(ran(GRID, "--vary", "machine.cores=2", "--range", "a=1..2", "--out", out), "--range");
    refused(ran(GRID, "--sample", "1", "--out", out), "--sample 1: must be from 2");
    refused(ran(GRID, "--sample", "5", "--out", out), "needs --designs");
    refused(ran(SAMPLE, "--range", "wrmsrr=1..2", "--out", out), "the nearest is wrmsr");
    String[] own = {"--designs", "v5,direct-always", "--vary", "machine.cores=2,4"};
    refused(
        ran(GRID, own[0], own[1], own[2], own[3], "--set", "kernel.msr=cached", "--out", out),
        "kernel.msr = cached: v5 sets kernel.msr = lazy itself");
    refused(
        ran(GRID, own[0], own[1], "--vary", "kernel.user-le.workers=1,2", "--out", out),
        "kernel.user-le.workers: has no meaning with kernel.launch = kernel-le or direct");
    refused(ran(SAMPLE, "--out", folder.resolve("no/such.jsonl")), "no such directory");
    refused(ran(List.of("sweep", "sdk-heap-80mb", "--vary", "machine.cores=2")), "lives");
    assertThat(out).doesNotExist();
  }

  @Test
  void sizeAnswersAndExitCodeOneIsCannot() throws IOException {
    List<String> size =
        List.of(
            "size", "--design", "v5", "--resources", "le-workers", "--set", "load.warm-up=2 ms");
    Ran met =
        ran(
            size,
            "--slo",
            "mean < 5 ms",
            "--set",
            "load.rate=2000",
            "--mix",
            "small=3,tiny=1",
            "--json");
    assertThat(met.code()).as(met.err()).isEqualTo(ExitCode.OK);
    JsonNode found = new ObjectMapper().readTree(met.out()).path("answers").get(0).path("byCosts");
    assertThat(found.get(1).path("amount").asLong()).isPositive();
    assertThat(found.get(1).path("there").path("figure").path("meanMicros").isDouble()).isTrue();
    Ran cannot = ran(size, "--slo", "failed > 0", "--set", "load.image=small");
    assertThat(cannot.code()).isEqualTo(ExitCode.NO);
    assertThat(cannot.out()).contains("LE workers cannot meet it", "the busiest is");
    refused(ran(size, "--slo", "mean < 5 ms", "--mix", "tiny"), "--mix tiny: must be IMAGE=WEIGHT");
    refused(ran(size, "--slo", "mean < 5 ms", "--mix", "tinny=1"), "tinny");
    refused(ran(size, "--slo", "mean < 5"), "--slo 'mean < 5': mean needs a unit");
    refused(
        ran(size, "--slo", "mean < 5 ms", "--set", "kernel.msr=cached"),
        "kernel.msr = cached: v5 sets kernel.msr = lazy itself");
    refused(ran(size, "--slo", "mean < 5 ms", "--mix", "tiny=1,tiny=2"), "tiny is given twice");
    refused(ran(size, "--slo", "mean < 5 ms", "--mix", "tiny=1,"), "--mix 'tiny=1,': a name is");
    refused(ran(size), "--slo");
    refused(ran(List.of("size", "--slo", "mean<5ms", "--resources", "core")), "nearest is cores");
    refused(
        ran(List.of("size", "--slo", "mean<5ms", "--resources", "cores,cores")),
        "--resources: cores is given twice");
  }
}
