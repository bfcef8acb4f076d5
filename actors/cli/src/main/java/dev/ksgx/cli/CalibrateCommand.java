package dev.ksgx.cli;

import dev.ksgx.load.calibrate.Calibration;
import dev.ksgx.load.calibrate.ModelText;
import dev.ksgx.load.calibrate.Operation;
import dev.ksgx.load.calibrate.TraceReader;
import dev.ksgx.load.calibrate.TracingScript;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fits a cost model to durations measured on a machine with SGX. */
@Command(
    name = "calibrate",
    description = {
      "Fit a cost model to durations measured on a machine with SGX.",
      "",
      "A trace is a CSV file, a duration a line, under the header",
      "  operation,duration_ns[,count][,chunks][,cpu]",
      "where count is pages or repetitions, and chunks are measured 256-byte chunks.",
      "A scenario uses the model by machine.costs.model.",
      ""
    },
    mixinStandardHelpOptions = true)
final class CalibrateCommand implements Callable<Integer> {
  /** What is asked for: one of three. */
  private static final class Task {
    @Parameters(index = "0", paramLabel = "TRACE.csv", description = "Measured durations.")
    private Path trace;

    @Option(names = "--print-script", description = "Print the bpftrace script and its use.")
    private boolean script;

    @Option(names = "--operations", description = "List the operations that a trace may name.")
    private boolean operations;
  }

  @Spec private CommandSpec spec;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Task task;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the model in reports; default: that of the trace.")
  private String name;

  @Option(
      names = "--ghz",
      paramLabel = "X",
      description = "Frequency of the machine that was traced; default 3.8.")
  private String ghz = "3.8";

  @Option(
      names = "--out",
      paramLabel = "FILE.conf",
      description = {
        "Where the model goes, written whole or not at all; the report is then on standard output."
            + " Default: the model on standard output, the report on standard error."
      })
  private Path out;

  @Override
  public Integer call() throws IOException {
    PrintWriter stdout = spec.commandLine().getOut();
    if (task.script) {
      stdout.print(TracingScript.text());
    } else if (task.operations) {
      Operation.composites().forEach(each -> stdout.printf("%-17s %s%n", each.name(), each.what()));
      stdout.println("or any single cost, as in machine.costs.overrides:");
      Operation.names().stream()
          .skip(Operation.composites().size())
          .forEach(each -> stdout.println("  " + each));
    } else {
      fit(stdout);
    }
    return ExitCode.OK;
  }

  private void fit(PrintWriter stdout) throws IOException {
    InputFile.readable(task.trace, "a trace in CSV");
    if (out != null) {
      NewFile.check(out, List.of(task.trace));
    }
    String model = modelName();
    Calibration calibration = Calibration.of(TraceReader.read(task.trace), frequency());
    String text = ModelText.of(calibration, model, task.trace.getFileName().toString());
    CalibrationReport report = new CalibrationReport(calibration, model);
    if (out == null) {
      stdout.print(text);
      spec.commandLine().getErr().print(report.text());
      spec.commandLine().getErr().flush();
    } else {
      NewFile.write(out, text.getBytes(StandardCharsets.UTF_8));
      stdout.print(report.text());
    }
  }

  private String modelName() {
    String given =
        name != null ? name : task.trace.getFileName().toString().replaceAll("\\.[^.]*$", "");
    if (!given.matches("[A-Za-z0-9._-]{1,60}") || given.equals("p-cfl")) {
      throw new BadInput(
          (name == null ? "name of the model, from the trace's: " : "--name ")
              + given
              + ": must be 1 to 60 letters, digits, dots, dashes or underscores, and not p-cfl");
    }
    return given;
  }

  private double frequency() {
    try {
      double value = Double.parseDouble(ghz);
      if (value >= 0.1 && value <= 100) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw badFrequency();
    }
    throw badFrequency();
  }

  private BadInput badFrequency() {
    return new BadInput("--ghz " + ghz + ": must be a number from 0.1 to 100");
  }
}
