package dev.ksgx.load.report;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.statistics.LaunchFigures;
import dev.ksgx.load.statistics.Use;
import java.util.List;

/**
 * Everything a run of launches leaves behind.
 *
 * @param scenario what was run
 * @param images what was launched
 * @param report the machine-readable result
 * @param launches figures of the measured window
 * @param uses use of every resource
 */
public record RunResult(
    Scenario scenario,
    List<EnclaveImage> images,
    Report report,
    LaunchFigures launches,
    List<Use> uses)
    implements Outcome {
  @Override
  public String summary() {
    return Summary.of(this);
  }

  @Override
  public String histogramLog() {
    return HistogramLog.of(this);
  }
}
