package dev.ksgx.cli;

import dev.ksgx.load.report.ReportJson;
import dev.ksgx.load.study.Designs;
import dev.ksgx.load.sweep.Row;
import dev.ksgx.load.sweep.SampleReport;
import dev.ksgx.load.sweep.SampleText;
import dev.ksgx.load.sweep.SweepFile;
import dev.ksgx.load.sweep.SweepPlan;
import dev.ksgx.load.sweep.SweepPlans;
import dev.ksgx.load.sweep.SweepRequest;
import dev.ksgx.load.sweep.SweepRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs many points of one scenario. */
@Command(
    name = "sweep",
    description = {
      "Run a scenario at many points: a grid of values (--vary), or a Latin hypercube over whatever"
          + " the scenario leaves open (--sample), which says in which share of it who is ahead.",
      "With --out, points that are in the file already are not run again; Ctrl-C loses those under"
          + " way alone."
    },
    mixinStandardHelpOptions = true)
final class SweepCommand implements Callable<Integer> {
  private static final int MOST_REPLICATIONS = 10_000;
  private static final int MOST_SAMPLES = 100_000;
  private static final int FEWEST_SAMPLES = 2;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1",
      paramLabel = "SCENARIO",
      description =
          "Embedded scenario or file (HOCON). What it does not say of the driver is mainline with"
              + " bugs fixed.")
  private String scenario;

  @Option(
      names = "--vary",
      paramLabel = "KEY=V1,V2",
      description =
          "An axis of the grid: a key of the scenario and its values; load=0.5,0.9 are shares of what"
              + " the first design can do. Repeatable.")
  private List<String> vary = new ArrayList<>();

  @Option(
      names = "--sample",
      paramLabel = "N",
      description =
          "Instead: N samples of the declared inputs that the scenario does not set: costs that nobody"
              + " measured, scheduler, cores, image, load.")
  private Integer samples;

  @Option(
      names = "--range",
      paramLabel = "KEY=LOW..HIGH",
      description = {
        "With --sample: another range or other choices for an input or for any key of a scenario:"
            + " einit=60000..90000, wrmsr=100..600:log, cores=4,8. Repeatable."
      })
  private List<String> ranges = new ArrayList<>();

  @Option(
      names = "--designs",
      paramLabel = "A,B",
      description =
          "Launch designs, each run at every point with the same random numbers. Default: the driver"
              + " of the scenario.")
  private List<String> designs = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set one key of the scenario. Repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--seed", paramLabel = "N", description = "Seed of sample and runs.")
  private String seed;

  @Option(
      names = "--replications",
      paramLabel = "N",
      description = "Replications of each point. Default: 1.")
  private int replications = 1;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Runs at a time; default: one a processor. Changes nothing in the result.")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "A line a point, appended as points end: comma-separated values if it ends in .csv, JSON"
              + " otherwise. Without it the lines of a grid are printed.")
  private Path out;

  @Option(names = "--json", description = "Print the report of a sample as one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    SweepPlan plan = SweepPlans.of(request());
    if (out != null) {
      List<String> words = new ArrayList<>(namedDesigns());
      words.add(scenario);
      NewFile.check(out, ConfigFiles.named(words));
    }
    // Otherwise several threads make the logger at once, and it says so.
    LoggerFactory.getILoggerFactory();
    try (Interruption interruption = Interruption.watch();
        StudyProgress progress = new StudyProgress(spec.commandLine().getErr(), interruption)) {
      try {
        return sweep(plan, progress);
      } catch (IOException | RuntimeException e) {
        // Told here, because after Ctrl-C the JVM is gone as soon as the interruption is closed.
        progress.clear();
        CommandLine command = spec.commandLine();
        return new Errors().handleExecutionException(e, command, command.getParseResult());
      }
    }
  }

  private int sweep(SweepPlan plan, StudyProgress progress)
      throws IOException, InterruptedException {
    SweepFile file = out == null ? null : SweepFile.open(out, plan);
    int known = file == null ? 0 : file.known().size();
    List<Row> rows = SweepRun.run(plan, file == null ? new Kept() : file, jobs, progress);
    progress.clear();
    boolean whole = rows.size() == plan.points().size();
    if (file != null) {
      file.finish(rows);
    }
    PrintWriter stdout = spec.commandLine().getOut();
    Optional<SampleReport> sampled =
        samples == null ? Optional.empty() : SampleReport.of(plan, rows);
    if (sampled.isPresent()) {
      SampleReport report = sampled.get();
      stdout.print(json ? ReportJson.line(report) + "\n" : SampleText.of(report));
    } else if (file == null) {
      stdout.print(SweepFile.jsonLines(rows));
    } else {
      stdout.printf(
          "%d of %d points in %s, %d of them were there%n",
          rows.size(), plan.points().size(), out, known);
    }
    stdout.flush();
    return whole ? ExitCode.OK : ExitCode.NO;
  }

  private void check() {
    if (vary.isEmpty() == (samples == null)) {
      throw new BadInput("give either --vary or --sample: a grid or a sample");
    }
    if (samples == null && (json || !ranges.isEmpty())) {
      throw new BadInput((json ? "--json" : "--range") + ": has a meaning with --sample alone");
    }
    if (samples != null && (samples < FEWEST_SAMPLES || samples > MOST_SAMPLES)) {
      throw new BadInput(
          "--sample " + samples + ": must be from " + FEWEST_SAMPLES + " to " + MOST_SAMPLES);
    }
    if (samples != null && namedDesigns().size() < 2) {
      throw new BadInput("--sample: needs --designs, at least two, to say who is ahead");
    }
    if (replications < 1 || replications > MOST_REPLICATIONS) {
      throw new BadInput(
          "--replications " + replications + ": must be from 1 to " + MOST_REPLICATIONS);
    }
    if (jobs < 1 || jobs > 1024) {
      throw new BadInput("--jobs " + jobs + ": must be from 1 to 1024");
    }
  }

  private List<String> namedDesigns() {
    return Names.of("--designs", designs, "v5,direct-always");
  }

  private SweepRequest request() {
    return new SweepRequest(
        command(),
        scenario,
        settings,
        ScenarioArguments.seedNumber(seed),
        Designs.of(namedDesigns()),
        vary,
        samples == null ? 0 : samples,
        ranges,
        replications);
  }

  private String command() {
    Words words = new Words("ksgx", "sweep", scenario);
    words.each("--vary", vary);
    if (samples != null) {
      words.add("--sample", samples);
    }
    words.each("--range", ranges);
    if (!designs.isEmpty()) {
      words.add("--designs", String.join(",", designs));
    }
    words.each("--set", settings);
    if (seed != null) {
      words.add("--seed", seed);
    }
    if (replications != 1) {
      words.add("--replications", replications);
    }
    return words.toString();
  }

  /** Rows that go nowhere until the end. */
  private static final class Kept implements SweepRun.Sink {
    @Override
    public Map<String, Row> known() {
      return Map.of();
    }

    @Override
    public void append(Row row) {
      // The run keeps them itself.
    }
  }
}
