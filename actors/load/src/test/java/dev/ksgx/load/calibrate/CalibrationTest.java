package dev.ksgx.load.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.ksgx.kernel.cost.Cost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationTest {
  private static final double GHZ = 2.5;

  @TempDir private Path folder;

  /** A machine like none that the default model knows: every cost off by another factor. */
  private static double cycles(Cost cost) {
    return cost.cycles() * (0.6 + 0.1 * (cost.ordinal() % 9));
  }

  private static SyntheticTrace machine(double noise, double disturbed) {
    return new SyntheticTrace(cost -> cycles(cost) / GHZ, noise, disturbed);
  }

  private Calibration fit(String csv) throws IOException {
    Path file = folder.resolve("trace.csv");
    Files.writeString(file, csv);
    return Calibration.of(TraceReader.read(file), GHZ);
  }

  private static Calibration.Figure of(Calibration calibration, Cost cost) {
    return calibration.figures().stream()
        .filter(figure -> figure.cost() == cost)
        .findFirst()
        .orElseThrow();
  }

  private static double sum(Calibration calibration, Cost... costs) {
    return List.of(costs).stream().mapToDouble(cost -> of(calibration, cost).cycles()).sum();
  }

  private static double trueSum(Cost... costs) {
    return List.of(costs).stream().mapToDouble(CalibrationTest::cycles).sum();
  }

  @Test
  void singleOperationIsItsMedianWhateverOneInAHundredIs() throws IOException {
    Calibration found = fit(machine(0.03, 0.01).rows("einit", 2000, 1, 0).csv());
    Calibration.Figure einit = of(found, Cost.EINIT);
    assertThat((double) einit.cycles()).isCloseTo(cycles(Cost.EINIT), withinPercentage(1));
    assertThat(einit.medianNanos()).isCloseTo(cycles(Cost.EINIT) / GHZ, withinPercentage(1));
    assertThat(einit.spreadNanos())
        .isCloseTo(0.03 * cycles(Cost.EINIT) / GHZ, withinPercentage(15));
    assertThat(einit.samples()).isEqualTo(2000);
    assertThat(einit.provenance()).isEqualTo('M');
    assertThat(found.notMeasured()).hasSize(Cost.values().length - 1).doesNotContain(Cost.EINIT);
  }

  @Test
  void addPagesOfAllSizesGiveThePriceOfAPageAndOfAChunk() throws IOException {
    Calibration found = fit(machine(0.05, 0.01).adds(3000).csv());
    Calibration.Figure extend = of(found, Cost.EEXTEND);
    assertThat((double) extend.cycles()).isCloseTo(cycles(Cost.EEXTEND), withinPercentage(2));
    assertThat(extend.provenance()).isEqualTo('M');
    assertThat(sum(found, Cost.EADD, Cost.ADD_PATH, Cost.ADD_REQUEST))
        .isCloseTo(trueSum(Cost.EADD, Cost.ADD_PATH, Cost.ADD_REQUEST), withinPercentage(3));
  }

  /** Sizes that hardly occur twice: a disturbed call has no median to hide behind. */
  @Test
  void disturbedCallWhoseSizeOccursOnceDoesNotMoveTheFit() throws IOException {
    Calibration found = fit(machine(0.03, 0.15).adds(150).csv());
    assertThat((double) of(found, Cost.EEXTEND).cycles())
        .isCloseTo(cycles(Cost.EEXTEND), withinPercentage(0.5));
  }

  @Test
  void sumThatNothingSeparatesIsDividedAsInTheDefaultAndMarkedSo() throws IOException {
    Calibration found = fit(machine(0.02, 0).rows("remove", 400, 1, 0).csv());
    double factor = trueSum(Cost.EREMOVE, Cost.RELEASE_PAGE) / 6_000;
    for (Cost cost : List.of(Cost.EREMOVE, Cost.RELEASE_PAGE)) {
      assertThat((double) of(found, cost).cycles())
          .isCloseTo(factor * cost.cycles(), withinPercentage(1));
      assertThat(of(found, cost).provenance()).isEqualTo('D');
    }
  }

  @Test
  void sumsAreSeparatedByWhatElseWasMeasured() throws IOException {
    SyntheticTrace trace =
        machine(0.05, 0.01)
            .rows("ioctl-init", 1000, 1, 0)
            .rows("syscall", 1000, 1, 0)
            .rows("wrmsr", 1000, 1, 0)
            .rows("init-path", 1000, 1, 0)
            .rows("hash-modulus", 1000, 1, 0)
            .rows("fault", 1000, 1, 0)
            .rows("fault-load", 1000, 1, 0)
            .rows("load-page", 1000, 1, 0);
    for (int pages = 1; pages <= 16; pages++) {
      trace.rows("evict", 200, pages, 0).rows("evict-ipi", 200, pages, 0);
    }
    Calibration found = fit(trace.csv());
    for (Cost cost : List.of(Cost.EINIT, Cost.PAGE_FAULT, Cost.ELD, Cost.IPI)) {
      assertThat((double) of(found, cost).cycles())
          .as(cost.key())
          .isCloseTo(cycles(cost), withinPercentage(cost == Cost.IPI ? 12 : 4));
      assertThat(of(found, cost).provenance()).as(cost.key()).isEqualTo('M');
    }
    assertThat(sum(found, Cost.EBLOCK, Cost.EWB, Cost.RECLAIM_PAGE))
        .isCloseTo(trueSum(Cost.EBLOCK, Cost.EWB, Cost.RECLAIM_PAGE), withinPercentage(2));
    assertThat(sum(found, Cost.RECLAIM_ENTRY, Cost.ETRACK))
        .isCloseTo(trueSum(Cost.RECLAIM_ENTRY, Cost.ETRACK), withinPercentage(10));
    assertThat(found.operations()).allSatisfy(each -> assertThat(each.misfit()).isLessThan(0.03));
  }

  @Test
  void whatTheProbeAddsIsTakenOffTracedOperationsOnly() throws IOException {
    StringBuilder csv = new StringBuilder("operation,duration_ns\n");
    for (int i = 0; i < 100; i++) {
      csv.append("probe,400\nfault,1400\nsyscall,50\n");
    }
    Calibration found = fit(csv.toString());
    assertThat(found.probeNanos()).isEqualTo(400);
    assertThat(of(found, Cost.PAGE_FAULT).medianNanos()).isCloseTo(1000, withinPercentage(0.5));
    assertThat(of(found, Cost.SYSCALL).medianNanos()).isCloseTo(50, withinPercentage(0.5));
  }

  @Test
  void costThatTheSumsLeaveNothingForIsZeroAndNeverNegative() throws IOException {
    StringBuilder csv = new StringBuilder("operation,duration_ns\n");
    for (int i = 0; i < 100; i++) {
      csv.append("page-fault,2000\nfault-load,1000\n");
    }
    Calibration found = fit(csv.toString());
    assertThat(found.figures()).allSatisfy(each -> assertThat(each.cycles()).isNotNegative());
    assertThat(found.operations()).anySatisfy(each -> assertThat(each.misfit()).isGreaterThan(0.1));
  }

  @Test
  void fewerThanThirtySamplesAreRefusedByNameAndTheRestIsFitted() throws IOException {
    Calibration found = fit(machine(0.02, 0).rows("einit", 29, 1, 0).rows("eadd", 30, 1, 0).csv());
    assertThat(found.figures()).extracting(Calibration.Figure::cost).containsExactly(Cost.EADD);
    assertThat(found.refused()).containsExactly("einit: 29 samples, at least 30 are needed");
    assertThat(found.notMeasured()).contains(Cost.EINIT);
  }

  @Test
  void traceFromWhichNothingCanBeFittedIsRefused() {
    assertThatThrownBy(() -> fit(machine(0.02, 0).rows("einit", 3, 1, 0).csv()))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("einit: 3 samples, at least 30 are needed");
    assertThatThrownBy(() -> fit("operation,duration_ns\n"))
        .isInstanceOf(TraceException.class)
        .hasMessageContaining("a header and no durations");
  }

  @Test
  void sameTraceGivesTheSameModelByteForByte() throws IOException {
    String csv = machine(0.05, 0.01).adds(300).rows("ioctl-init", 50, 1, 0).csv();
    assertThat(ModelText.of(fit(csv), "x", "t.csv"))
        .isEqualTo(ModelText.of(fit(csv), "x", "t.csv"));
  }
}
