package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrateCommandTest {
  @TempDir private Path folder;
  private Path trace;
  private Path model;

  /** EINIT of 2 ms: slower than on any machine, so that a run shows it. */
  @BeforeEach
  void measured() throws IOException {
    StringBuilder csv = new StringBuilder("operation,duration_ns\n");
    for (int i = 0; i < 100; i++) {
      csv.append("einit,").append(1_990_000 + 200 * i).append("\n");
    }
    csv.append("egetkey,10000\n");
    trace = Files.writeString(folder.resolve("box.csv"), csv);
    model = folder.resolve("box.conf");
  }

  @Test
  void reportSaysWhatWasFittedWhatWasLeftOutAndWhatKeepsItsDefault() {
    Ran ran = Ran.ksgx("calibrate", trace, "--ghz", "2", "--out", model);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .contains("model box: cycles at 2.0 GHz")
        .containsPattern("einit +3,99[89],[0-9]{3} +88,000 +45\\.4[45] +M")
        .contains("left out: egetkey: 1 sample, at least 30 are needed")
        .containsPattern("not measured, as in p-cfl: ecreate, eadd,");
    assertThat(ran.out().lines())
        .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
    assertThat(model)
        .content()
        .contains("name = \"box\"", "samples = 100", "provenance = M", "not-measured = [ecreate");
  }

  @Test
  void withoutAFileTheModelIsOnStandardOutputAndNothingElse() throws IOException {
    Ran file = Ran.ksgx("calibrate", trace, "--name", "a.b", "--out", model);
    Ran ran = Ran.ksgx("calibrate", trace, "--name", "a.b");
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).isEqualTo(Files.readString(model));
    assertThat(ran.err()).isEqualTo(file.out());
  }

  @Test
  void scenarioUsesTheModelThatLiesBesideIt() throws IOException {
    Ran.ksgx("calibrate", trace, "--ghz", "2", "--out", model);
    Path scenario =
        Files.writeString(
            folder.resolve("s.conf"),
            "machine { ghz = 2, timer-hz = 0, costs.model = box.conf }\n"
                + "load { arrivals = closed, processes = 1, length = 5 launches }\n"
                + "kernel.launch = direct\n");
    Ran ran = Ran.ksgx("run", scenario);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("costs: model box, 1 of its figures measured");
    Ran json = Ran.ksgx("run", scenario, "--json");
    double einit =
        new com.fasterxml.jackson.databind.ObjectMapper()
            .readTree(json.out())
            .at("/phasesMicros/einit/p50")
            .asDouble();
    assertThat(einit).isBetween(2000.0, 2200.0);
  }

  @Test
  void modelNamedOnTheCommandLineBeginsAtTheWorkingDirectory() {
    Ran.ksgx("calibrate", trace, "--out", model);
    String here = Path.of("").toAbsolutePath().relativize(model.toAbsolutePath()).toString();
    Ran ran =
        Ran.ksgx(
            "run", "--set", "machine.costs.model=\"" + here + "\"", "--set", "load.length=9 ms");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("costs: model box");
  }

  @Test
  void modelThatCannotBeReadIsRefusedWithItsPlaceAndTheKey() throws IOException {
    Files.writeString(model, "name = x\nghz = 2\nfigures { enit { cycles = 1, provenance = M } }");
    Path scenario = Files.writeString(folder.resolve("s.conf"), "\nmachine.costs.model = box.conf");
    refused(
        Ran.ksgx("run", scenario),
        scenario + ":2: machine.costs.model = box.conf",
        model + ":3: enit = ",
        "expected the name of a cost");
    Files.delete(model);
    refused(Ran.ksgx("run", scenario), model + ": no such file");
    refused(
        Ran.ksgx("run", "--set", "machine.costs.model=p-xyz"),
        "machine.costs.model = p-xyz: must be p-cfl or the file of a measured model");
  }

  @Test
  void badInputIsOneLineAndNothingIsWritten() throws IOException {
    refused(Ran.ksgx("calibrate"), "TRACE.csv");
    refused(Ran.ksgx("calibrate", "none.csv", "--out", model), "none.csv: no such file");
    refused(Ran.ksgx("calibrate", folder, "--out", model), "is a directory, expected a trace");
    refused(Ran.ksgx("calibrate", trace, "--out", trace), "is also an input");
    refused(Ran.ksgx("calibrate", trace, "--out", folder), "is a directory");
    refused(
        Ran.ksgx("calibrate", trace, "--out", folder.resolve("no/m.conf")), "no such directory");
    for (String ghz : new String[] {"0", "-1", "fast", "NaN", "1e9"}) {
      refused(Ran.ksgx("calibrate", trace, "--ghz", ghz, "--out", model), "--ghz " + ghz);
    }
    for (String name : new String[] {"", "a b", "p-cfl", "a/b"}) {
      refused(Ran.ksgx("calibrate", trace, "--name", name, "--out", model), "--name " + name);
    }
    refused(Ran.ksgx("calibrate", trace, "--print-script"), "--print-script");
    Path bad = Files.writeString(folder.resolve("bad.csv"), "operation,duration_ns\neinti,5\n");
    refused(Ran.ksgx("calibrate", bad, "--out", model), bad + ":2: ", "nearest: einit");
    Files.writeString(bad, "operation,duration_ns\neinit,5\n");
    refused(Ran.ksgx("calibrate", bad, "--out", model), "einit: 1 sample, at least 30");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(trace, bad);
    }
  }

  private void refused(Ran ran, String... said) {
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).startsWith("ksgx: ").contains(said);
    assertThat(ran.err().lines()).hasSize(1);
  }

  @Test
  void scriptAndOperationsArePrinted() {
    assertThat(Ran.ksgx("calibrate", "--print-script").out()).startsWith("#!/usr/bin/env bpftrace");
    assertThat(Ran.ksgx("calibrate", "--operations").out())
        .contains("ioctl-add-pages", "evict-ipi", "  einit-token");
  }
}
