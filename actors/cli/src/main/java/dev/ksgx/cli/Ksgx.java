package dev.ksgx.cli;

import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command and its subcommands. */
@Command(
    name = "ksgx",
    description = "The Linux SGX driver as an actor model: launch enclaves, measure what binds.",
    mixinStandardHelpOptions = true,
    versionProvider = Ksgx.Version.class,
    subcommands = {
      RunCommand.class,
      CompareCommand.class,
      DiffCommand.class,
      SweepCommand.class,
      SizeCommand.class,
      MeasureCommand.class,
      SignCommand.class,
      ScenariosCommand.class,
      ShowCommand.class,
      CalibrateCommand.class,
      ValidateCommand.class,
      TraceCommand.class,
      Ksgx.Completion.class
    },
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:what was asked is answered \"no\"; diff: something changed",
      "2:bad input; one line says what, nothing was written",
      "3:the model contradicts itself: a bug in ksgx",
      "130:interrupted by Ctrl-C; the partial report is out"
    })
final class Ksgx implements Runnable {
  @Spec private CommandSpec spec;

  /** The whole command line, errors in one line each. */
  static CommandLine commandLine() {
    Errors errors = new Errors();
    return new CommandLine(new Ksgx())
        .registerConverter(Path.class, Ksgx::file)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(80);
  }

  /** An empty name would be the working directory's. */
  private static Path file(String name) {
    if (name.isEmpty()) {
      throw new CommandLine.TypeConversionException("is empty, expected the name of a file");
    }
    return Path.of(name);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "a command is missing: run, compare, diff, sweep, size, measure, sign, scenarios, show,"
            + " calibrate, validate, trace or completion");
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Ksgx.class.getPackage().getImplementationVersion();
      return new String[] {"ksgx " + (version == null ? "(not from a jar)" : version)};
    }
  }

  /** Prints a completion script for bash and zsh. */
  @Command(
      name = "completion",
      description = "Print a completion script for bash and zsh: source <(ksgx completion)",
      mixinStandardHelpOptions = true)
  static final class Completion implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      spec.commandLine().getOut().print(AutoComplete.bash("ksgx", spec.root().commandLine()));
    }
  }
}
