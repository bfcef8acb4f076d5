package dev.ksgx.cli;

import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.trace.record.Detail;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.record.TraceRecorder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Whether a run is traced, and how much of it. */
final class TraceArguments {
  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Record every message with its cause there; ask it with ksgx trace.")
  private Path file;

  @Option(
      names = "--trace-detail",
      paramLabel = "LEVEL",
      description =
          "requests: what blame needs; messages: also each message; fields (the default): also their"
              + " key fields.")
  private Detail detail = Detail.FIELDS;

  @Option(
      names = "--trace-one-in",
      paramLabel = "N",
      description =
          "Record one launch in N, whole; what serves no launch is recorded all the same. Default: 1.")
  private int oneIn = 1;

  /** Runs something under that control, traced if asked for; tells what the trace has. */
  <T> T record(Scenario scenario, RunControl control, PrintWriter err, Function<RunControl, T> run)
      throws IOException {
    if (file == null) {
      return run.apply(control);
    }
    if (oneIn < 1) {
      throw new BadInput("--trace-one-in " + oneIn + ": must be at least 1");
    }
    if (Files.isDirectory(file)) {
      throw new BadInput(file + ": is a directory, expected a file to write");
    }
    TraceOptions options =
        TraceOptions.everything()
            .withDetail(detail)
            .withOneIn(oneIn)
            .withNote("scenario", scenario.name());
    TraceRecorder recorder = TraceRecorder.to(file, options);
    T result;
    try {
      result = run.apply(control.recordedBy(recorder));
    } finally {
      recorder.close();
    }
    err.printf("trace: %,d messages in %s%n", recorder.messages(), file);
    if (recorder.dropped() > 0) {
      String why = recorder.failure() == null ? "it is full" : recorder.failure().getMessage();
      err.printf("trace: %,d messages were dropped: %s%n", recorder.dropped(), why);
    }
    err.flush();
    return result;
  }
}
