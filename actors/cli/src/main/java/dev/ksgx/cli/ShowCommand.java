package dev.ksgx.cli;

import dev.ksgx.load.scenario.Scenario;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a scenario's configuration. */
@Command(
    name = "show",
    description = "Show what a scenario sets; with --resolved every value and where it comes from.",
    mixinStandardHelpOptions = true)
final class ShowCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private ScenarioArguments arguments;

  @Option(
      names = "--resolved",
      description = "The effective configuration: every value with its origin.")
  private boolean resolved;

  @Override
  public void run() {
    Scenario scenario = arguments.load();
    PrintWriter out = spec.commandLine().getOut();
    for (Scenario.Setting setting : scenario.settings()) {
      if (resolved || !setting.origin().equals(Scenario.REFERENCE)) {
        out.printf("%-48s # %s%n", setting.key() + " = " + setting.value(), setting.origin());
      }
    }
  }
}
