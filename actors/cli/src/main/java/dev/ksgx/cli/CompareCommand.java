package dev.ksgx.cli;

import dev.ksgx.load.faults.FaultStudy;
import dev.ksgx.load.faults.FaultTable;
import dev.ksgx.load.faults.FaultText;
import dev.ksgx.load.report.ReportJson;
import dev.ksgx.load.study.Assertion;
import dev.ksgx.load.study.Design;
import dev.ksgx.load.study.JunitXml;
import dev.ksgx.load.study.SlowRun;
import dev.ksgx.load.study.SlowRuns;
import dev.ksgx.load.study.StudyPlan;
import dev.ksgx.load.study.StudyPlans;
import dev.ksgx.load.study.StudyReport;
import dev.ksgx.load.study.StudyRequest;
import dev.ksgx.load.study.StudyResult;
import dev.ksgx.load.study.StudyRun;
import dev.ksgx.load.study.StudyText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the same loads against several designs and says where they differ. */
@Command(
    name = "compare",
    description = {
      "Compare designs under the same loads: replications with intervals, paired differences.",
      "Without SCENARIO: two images, 4 and 16 cores, loads below, near and beyond the bound of the"
          + " first design. Ctrl-C ends early with what there is, marked partial."
    },
    mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CompareArguments arguments;

  @Option(
      names = "--faults",
      description = {
        "Instead: what callers get from each design when the launch enclave or the daemon is slow,"
            + " hung, dead or wrong, when a caller is killed, when firmware locked the MSRs; and"
            + " what heals it."
      })
  private boolean faults;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Runs at a time; default: one a processor. Changes nothing in the result.")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print the report as one line of JSON.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Also write report.html, results.json, results.csv, latencies.hlog and summary.txt there, and"
              + " junit.xml if there are assertions.")
  private Path out;

  @Option(
      names = "--trace",
      paramLabel = "DIR",
      description = {
        "Record the launches of the tables of the slowest: their runs are made again, with the same"
            + " seeds, when the study is over. A log for each such run and index.json are written"
            + " there; ask them with ksgx trace. With --out the report links a page of each."
      })
  private Path trace;

  @Option(
      names = "--assert",
      paramLabel = "'p99 < 5 ms'",
      description = {
        "Exit code 1 unless this holds at every point: METRIC COMPARISON VALUE [UNIT] [for DESIGN]."
            + " Metrics: mean, p50, p90, p95, p99, p99.9 (unit ns, us, ms, s), achieved, offered"
            + " (/s), failed (launches, or %%). Comparisons: <, <=, >, >=, ==. Repeatable."
      })
  private List<String> assertions = new ArrayList<>();

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Write what became of the assertions as JUnit XML.")
  private Path junit;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (faults) {
      return faults();
    }
    StudyRequest request = arguments.request();
    List<Assertion> claims = claims(request);
    checkJobs();
    if (junit != null) {
      NewFile.check(junit, arguments.files());
    }
    // Otherwise several threads make the logger at once, and it says so.
    LoggerFactory.getILoggerFactory();
    try (Interruption interruption = Interruption.watch();
        StudyProgress progress = new StudyProgress(spec.commandLine().getErr(), interruption)) {
      try {
        return compare(request, claims, progress);
      } catch (CancellationException e) {
        progress.clear();
        spec.commandLine().getErr().println("ksgx: " + e.getMessage());
        spec.commandLine().getErr().flush();
        return ExitCode.NO;
      } catch (IOException | RuntimeException e) {
        // Told here, because after Ctrl-C the JVM is gone as soon as the interruption is closed.
        progress.clear();
        CommandLine command = spec.commandLine();
        return new Errors().handleExecutionException(e, command, command.getParseResult());
      }
    }
  }

  private void checkJobs() {
    if (jobs < 1 || jobs > 1024) {
      throw new BadInput("--jobs " + jobs + ": must be from 1 to 1024");
    }
  }

  private int faults() throws IOException, InterruptedException {
    List<Design> designs = arguments.ofFaults();
    checkJobs();
    if (!assertions.isEmpty() || junit != null) {
      throw new BadInput("--faults: a table of faults has nothing to --assert");
    }
    if (trace != null) {
      throw new BadInput("--faults: a table of faults has no slowest launches to --trace");
    }
    ResultFolder folder = folder();
    // Otherwise several threads make the logger at once, and it says so.
    LoggerFactory.getILoggerFactory();
    FaultTable table = FaultStudy.run(designs, arguments.seedOfFaults(), jobs);
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(json ? ReportJson.line(table) + "\n" : FaultText.of(table));
    stdout.flush();
    if (folder != null) {
      folder.write(table);
    }
    return ExitCode.OK;
  }

  private ResultFolder folder() throws IOException {
    if (out == null) {
      return null;
    }
    List<Path> taken = new ArrayList<>(arguments.files());
    if (junit != null) {
      taken.add(junit);
    }
    return ResultFolder.made(out, ResultFolder.STUDY, taken);
  }

  private int compare(StudyRequest request, List<Assertion> claims, StudyProgress progress)
      throws IOException, InterruptedException {
    ResultFolder folder = folder();
    StudyTraces traces = trace == null ? null : new StudyTraces(trace, out);
    StudyPlan plan = StudyPlans.of(request, jobs, progress);
    StudyResult result = StudyRun.run(plan, jobs, progress);
    progress.clear();
    StudyReport report = result.report();
    List<Assertion.Verdict> verdicts =
        claims.stream().flatMap(claim -> claim.check(report).stream()).toList();
    String text = StudyText.of(report, plan.notes());
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(json ? ReportJson.line(report) + "\n" : text);
    stdout.flush();
    tell(verdicts, json ? spec.commandLine().getErr() : stdout);
    Map<Integer, Map<Integer, String>> pages = Map.of();
    if (traces != null) {
      pages = trace(plan, report, traces, progress);
    }
    if (folder != null) {
      folder.write(result, report, text, verdicts, pages);
    }
    if (junit != null) {
      NewFile.write(junit, JunitXml.of(verdicts).getBytes(StandardCharsets.UTF_8));
    }
    if (report.points().stream().allMatch(point -> point.launches() == 0)) {
      spec.commandLine().getErr().println("ksgx: no launch succeeded in any window");
      spec.commandLine().getErr().flush();
      return ExitCode.NO;
    }
    return verdicts.stream().allMatch(Assertion.Verdict::holds) ? ExitCode.OK : ExitCode.NO;
  }

  /** Pages of the slowest launches, for the report. */
  private Map<Integer, Map<Integer, String>> trace(
      StudyPlan plan, StudyReport report, StudyTraces traces, StudyProgress progress)
      throws IOException, InterruptedException {
    List<SlowRun> runs = SlowRun.of(plan, report);
    SlowRuns.run(runs, jobs, progress, traces);
    progress.clear();
    PrintWriter err = spec.commandLine().getErr();
    err.println(traces.finish(runs));
    err.flush();
    return out == null ? Map.of() : traces.pages();
  }

  private List<Assertion> claims(StudyRequest request) {
    if (junit != null && assertions.isEmpty()) {
      throw new BadInput("--junit: there is nothing to write without --assert");
    }
    List<String> names = request.designs().stream().map(design -> design.name()).toList();
    return assertions.stream().map(each -> Assertion.parse(each, names)).toList();
  }

  private static void tell(List<Assertion.Verdict> verdicts, PrintWriter to) {
    for (Assertion.Verdict verdict : verdicts) {
      if (!verdict.holds()) {
        to.println("FAILED " + verdict.inWords());
      }
    }
    if (!verdicts.isEmpty()) {
      long held = verdicts.stream().filter(Assertion.Verdict::holds).count();
      to.println("assertions: " + held + " of " + verdicts.size() + " hold");
    }
    to.flush();
  }
}
