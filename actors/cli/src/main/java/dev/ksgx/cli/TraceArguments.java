package dev.ksgx.cli;

import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.trace.record.Detail;
import dev.ksgx.trace.record.Only;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.record.TraceRecorder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
  private Detail detail;

  @Option(
      names = "--trace-one-in",
      paramLabel = "N",
      description =
          "Record one launch in N, whole; what serves no launch is recorded all the same. Default: 1.")
  private Integer oneIn;

  @Option(
      names = "--trace-only",
      paramLabel = "KEY=VALUE[,VALUE]",
      description = {
        "Record only what this is true of, launches whole: launch=17,18 or launch=100..200,"
            + " request=ID, kind=launch, actor=TEXT, type=TEXT, from=NANOS, to=NANOS (launches planned"
            + " then). Repeatable: all must be true. Who held what a recorded launch waited for is"
            + " recorded all the same."
      })
  private List<String> only = new ArrayList<>();

  /** Runs something under that control, traced if asked for; tells what the trace has. */
  <T> T record(Scenario scenario, RunControl control, PrintWriter err, Function<RunControl, T> run)
      throws IOException {
    if (file == null) {
      String given = !only.isEmpty() ? "--trace-only" : oneIn != null ? "--trace-one-in" : null;
      given = given == null && detail != null ? "--trace-detail" : given;
      if (given != null) {
        throw new BadInput(given + ": records nothing without --trace FILE");
      }
      return run.apply(control);
    }
    Asked.atLeastOne("--trace-one-in", oneIn);
    Only part = part();
    TraceOptions options =
        TraceOptions.everything()
            .withDetail(detail == null ? Detail.FIELDS : detail)
            .withOnly(part)
            .withOneIn(oneIn == null ? 1 : oneIn)
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

  /**
   * Refuses a file that cannot be written, or is an input, before anything is done.
   *
   * @return files that nothing else of the run may replace: the inputs, and the trace
   */
  List<Path> check(Collection<Path> inputs) throws IOException {
    List<Path> taken = new ArrayList<>(inputs);
    if (file != null) {
      NewFile.check(file, inputs);
      taken.add(file);
    }
    return taken;
  }

  private Only part() {
    try {
      return Only.parse(only);
    } catch (IllegalArgumentException e) {
      throw new BadInput("--trace-only " + e.getMessage(), e);
    }
  }
}
