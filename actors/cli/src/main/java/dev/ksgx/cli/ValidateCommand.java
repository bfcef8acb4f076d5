package dev.ksgx.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.load.validate.Judgement;
import dev.ksgx.load.validate.Validation;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs published experiments on the model. */
@Command(
    name = "validate",
    description = {
      "Run published experiments on the model and compare, with one cost model and machine"
          + " profiles that were fixed before. Takes minutes; how far it is goes to standard error.",
      "Exit code 1 if a figure is outside its tolerance."
    },
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print one line of JSON instead of the table.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    // Otherwise several threads make the logger at once, and it says so.
    LoggerFactory.getILoggerFactory();
    long begun = System.nanoTime();
    List<Judgement> judgements =
        Validation.ofAll().judge(Runtime.getRuntime().availableProcessors(), this::progress);
    double wallSeconds = (System.nanoTime() - begun) / 1e9;
    ValidationReport report = ValidationReport.of(judgements, wallSeconds);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? toJson(report) + "\n" : report.text());
    return report.failed() == 0 ? ExitCode.OK : ExitCode.NO;
  }

  private void progress(Validation.Run run, int done, int all) {
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        Locale.ROOT,
        "%d of %d: %s in %.1f s%s%n",
        done,
        all,
        run.scenario(),
        run.wallSeconds(),
        run.failure().isEmpty() ? "" : ": " + run.failure());
    err.flush();
  }

  private static String toJson(ValidationReport report) {
    try {
      return new ObjectMapper().writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is plain data", e);
    }
  }
}
