package dev.ksgx.cli;

import dev.ksgx.load.scenario.Scenarios;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the embedded scenarios. */
@Command(
    name = "scenarios",
    description = "List the embedded scenarios; the first is what `ksgx run` runs.",
    mixinStandardHelpOptions = true)
final class ScenariosCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    Scenarios.embedded()
        .forEach((name, description) -> out.printf("%-18s %s%n", name, description));
  }
}
