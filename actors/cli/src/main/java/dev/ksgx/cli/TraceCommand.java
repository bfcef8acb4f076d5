package dev.ksgx.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Questions to a recorded run. */
@Command(
    name = "trace",
    description = {
      "Ask a run that was recorded by ksgx run --trace FILE: which messages, why this one, what made"
          + " this launch slow.",
      "The first question indexes the recording into FILE.sqlite."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      TraceMessages.ListThem.class,
      TraceMessages.Show.class,
      TraceMessages.Why.class,
      TraceMessages.Launch.class,
      TraceFigures.BlameIt.class,
      TraceFigures.Actors.class,
      TraceFigures.Resources.class,
      TraceFigures.States.class,
      TraceDiff.class,
      TraceSql.class,
      TraceExport.class,
      TracePage.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class TraceCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a question is missing: " + String.join(", ", spec.subcommands().keySet()));
  }
}
