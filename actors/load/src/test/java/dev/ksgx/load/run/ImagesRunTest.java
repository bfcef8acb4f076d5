package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.load.report.Report;
import dev.ksgx.load.report.ReportJson;
import dev.ksgx.load.report.RunResult;
import dev.ksgx.load.report.Summary;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The launches of a mix, image by image. */
class ImagesRunTest {
  private static final List<String> SHORT =
      List.of("load.rate=4000", "load.warm-up=20 ms", "load.length=100 ms", "machine.timer-hz=0");

  @Test
  void figuresOfTheImagesAddUpToThoseOfAll() {
    RunResult result =
        run("load.images=[{image=small,weight=3},{image=\"8 pages\"}]", "kernel.preset=mainline");
    Report report = result.report();
    List<Report.OfImage> images = report.images();
    assertThat(images).extracting(Report.OfImage::image).containsExactly("small", "pages-8");
    assertThat(images.stream().mapToLong(Report.OfImage::requested).sum())
        .isEqualTo(report.launches().requested());
    assertThat(images.stream().mapToLong(Report.OfImage::succeeded).sum())
        .isEqualTo(report.launches().succeeded());
    double planned = report.launches().requested();
    assertThat((double) images.get(0).requested())
        .isCloseTo(0.75 * planned, within(4 * Math.sqrt(planned * 3 / 16)));
    double total =
        images.stream().mapToDouble(each -> each.succeeded() * each.latencyMicros().mean()).sum();
    assertThat(total / report.launches().succeeded())
        .isCloseTo(report.latencyMicros().mean(), within(0.01));
    // Eight measured pages against three with one chunk each: 45 us more than 100 us.
    assertThat(images.get(1).latencyMicros().p50())
        .isGreaterThan(images.get(0).latencyMicros().p90());
    assertThat(Summary.of(result))
        .containsPattern("\nimage +launches +mean +p50 +p90 +p99 +failed\n  small ")
        .contains("\n  pages-8 ");
    assertThat(ReportJson.line(report)).contains("\"images\":[{\"image\":\"small\",\"requested\":");
  }

  @Test
  void aLoadOfOneImageSaysNothingOfImages() {
    RunResult result = run();
    assertThat(result.report().images()).isEmpty();
    assertThat(ReportJson.line(result.report())).doesNotContain("\"images\"");
    assertThat(Summary.of(result)).doesNotContain("\nimage ");
  }

  private static RunResult run(String... settings) {
    List<String> all = new ArrayList<>(SHORT);
    all.addAll(List.of(settings));
    Scenario scenario = Scenarios.load(Scenarios.DEFAULT, all, OptionalLong.of(7));
    return LoadRun.run(scenario, Targets.of(scenario.load().images()), false, RunControl.NONE);
  }
}
