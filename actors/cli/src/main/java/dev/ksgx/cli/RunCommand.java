package dev.ksgx.cli;

import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.load.report.Outcome;
import dev.ksgx.load.report.ReportJson;
import dev.ksgx.load.run.LivesRun;
import dev.ksgx.load.run.LoadRun;
import dev.ksgx.load.run.RunControl;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Targets;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a scenario in virtual time and reports. */
@Command(
    name = "run",
    description = {
      "Run a scenario in virtual time: throughput, latency, and what binds.",
      "Ctrl-C ends the run early with a report that is marked partial."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ScenarioArguments arguments;
  @Mixin private TraceArguments trace;

  @Option(
      names = "--enclave",
      paramLabel = "F.sgxs",
      description = {
        "Launch this enclave instead of the scenario's; several are launched in turn. The default"
            + " scenario is then "
            + Scenarios.GIVEN_ENCLAVES
            + ", a closed loop of 200 launches, unless --set gives load.rate or load.arrivals."
      })
  private List<Path> enclaves = new ArrayList<>();

  @Option(
      names = "--sigstruct",
      paramLabel = "F.sig",
      description = "Its SIGSTRUCT; one for each --enclave, in the same order.")
  private List<Path> sigStructs = new ArrayList<>();

  @Option(names = "--json", description = "Print one line of JSON instead of the summary.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Also write results.json, summary.txt and latency.hlog there.")
  private Path out;

  @Option(names = "--no-digest", description = "Leave the digest out, for benchmarks.")
  private boolean noDigest;

  @Option(
      names = "--check",
      description = {
        "Check the books of the driver on the way: owners of frames, slots and children against each"
            + " other and the EPCM, in full after every message if the EPC has at most "
            + ConservationWatch.SMALL
            + " frames, otherwise by the same rules for what was touched, and in full at the end. The"
            + " figures are taken by then: the load is driven on until each frame that a call in"
            + " progress had is an enclave's or in the pool. What a bug in"
            + " kernel.bugs explains is told on standard error; anything else ends the run with exit"
            + " code 1."
      })
  private boolean check;

  @Override
  public Integer call() throws IOException {
    Scenario scenario = enclaves.isEmpty() ? arguments.load() : arguments.loadForGivenEnclaves();
    Targets targets = scenario.lives().isPresent() ? noTargets() : targets(scenario);
    List<Path> inputs = new ArrayList<>(ConfigFiles.of(scenario));
    inputs.addAll(enclaves);
    inputs.addAll(sigStructs);
    List<Path> taken = trace.check(inputs);
    try (Interruption interruption = Interruption.watch();
        ProgressLine progress =
            ProgressLine.onTerminal(spec.commandLine().getErr(), scenario.endNanos())) {
      try {
        ResultFolder folder = out == null ? null : ResultFolder.made(out, ResultFolder.RUN, taken);
        RunControl watch = new Watch(interruption, progress, check, spec.commandLine().getErr());
        Outcome result =
            trace.record(
                scenario,
                watch,
                spec.commandLine().getErr(),
                control -> run(scenario, targets, control));
        progress.clear();
        report(result, folder);
        return ExitCode.OK;
      } catch (IOException | RuntimeException e) {
        // Told here, because after Ctrl-C the JVM is gone as soon as the interruption is closed.
        progress.clear();
        CommandLine command = spec.commandLine();
        return new Errors().handleExecutionException(e, command, command.getParseResult());
      }
    }
  }

  private Outcome run(Scenario scenario, Targets targets, RunControl control) {
    return scenario.lives().isPresent()
        ? LivesRun.run(scenario, !noDigest, control)
        : LoadRun.run(scenario, targets, !noDigest, control);
  }

  private void report(Outcome result, ResultFolder folder) throws IOException {
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(json ? ReportJson.line(result.report()) + "\n" : result.summary());
    stdout.flush();
    if (folder != null) {
      folder.write(result);
    }
  }

  /** The groups of a load of lives have enclaves of their own. */
  private Targets noTargets() {
    if (!enclaves.isEmpty() || !sigStructs.isEmpty()) {
      throw new BadInput(
          "--enclave and --sigstruct: the scenario has load.kind = lives, whose groups say what their"
              + " enclaves are");
    }
    return Targets.inTurn(List.of());
  }

  private Targets targets(Scenario scenario) throws IOException {
    if (enclaves.size() != sigStructs.size()) {
      throw new BadInput(
          enclaves.size()
              + " --enclave and "
              + sigStructs.size()
              + " --sigstruct; each enclave needs exactly one SIGSTRUCT");
    }
    if (enclaves.isEmpty()) {
      return Targets.of(scenario.load().images());
    }
    if (scenario.load().replay().namesImages()) {
      throw new BadInput("--enclave: the launches that are replayed name their images");
    }
    List<SignedEnclave> targets = new ArrayList<>();
    for (int i = 0; i < enclaves.size(); i++) {
      Path sgxs = InputFile.readable(enclaves.get(i), "an SGXS file");
      Path sigStruct = InputFile.readable(sigStructs.get(i), "a SIGSTRUCT file");
      targets.add(SignedEnclave.read(sgxs, sigStruct));
    }
    return Targets.inTurn(targets);
  }
}
