package dev.ksgx.cli;

import dev.ksgx.hardware.image.ImageFormatException;
import dev.ksgx.kernel.check.ViolationException;
import dev.ksgx.load.calibrate.TraceException;
import dev.ksgx.load.scenario.Nearest;
import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.trace.log.TraceFileException;
import dev.ksgx.trace.store.TraceStoreException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns whatever goes wrong into one line on standard error and an exit code; never a stack trace.
 */
final class Errors
    implements CommandLine.IParameterExceptionHandler, CommandLine.IExecutionExceptionHandler {

  @Override
  public int handleParseException(ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    String line =
        problem instanceof UnmatchedArgumentException unmatched
            ? unmatched(unmatched)
            : oneLine(problem.getMessage());
    String usage = command.getCommandSpec().qualifiedName(" ");
    print(command, line + "; see " + usage + " --help");
    return ExitCode.BAD_INPUT;
  }

  @Override
  public int handleExecutionException(Exception problem, CommandLine command, ParseResult parsed) {
    if (problem instanceof BadInput
        || problem instanceof ScenarioException
        || problem instanceof TraceException
        || problem instanceof TraceFileException
        || problem instanceof TraceStoreException
        || problem instanceof ImageFormatException) {
      print(command, oneLine(problem.getMessage()));
      return ExitCode.BAD_INPUT;
    }
    if (problem instanceof IOException io) {
      print(command, describe(io));
      return ExitCode.BAD_INPUT;
    }
    if (problem instanceof ViolationException) {
      print(command, "check: " + oneLine(problem.getMessage()));
      return ExitCode.NO;
    }
    print(command, "this is a bug in ksgx: " + oneLine(String.valueOf(deepest(problem))));
    return ExitCode.BUG;
  }

  private static void print(CommandLine command, String line) {
    command.getErr().println("ksgx: " + line);
    command.getErr().flush();
  }

  private static String unmatched(UnmatchedArgumentException problem) {
    String given = problem.getUnmatched().get(0);
    CommandLine command = problem.getCommandLine();
    List<String> known = new ArrayList<>();
    if (given.startsWith("-")) {
      String name = given.contains("=") ? given.substring(0, given.indexOf('=')) : given;
      known.addAll(command.getCommandSpec().optionsMap().keySet());
      return "unknown option " + name + "; the nearest known option is " + Nearest.of(name, known);
    }
    known.addAll(command.getSubcommands().keySet());
    return known.isEmpty()
        ? "unexpected argument " + given
        : "unknown command " + given + "; the nearest known command is " + Nearest.of(given, known);
  }

  /** What is wrong with a file, in words. */
  private static String describe(IOException problem) {
    if (problem instanceof FileSystemException file) {
      String path = file.getFile();
      if (problem instanceof NoSuchFileException) {
        return path + ": no such file";
      }
      if (problem instanceof AccessDeniedException) {
        return path + ": permission denied";
      }
      if (problem instanceof NotDirectoryException
          || problem instanceof FileAlreadyExistsException) {
        return path + ": is not a directory";
      }
      if (problem instanceof DirectoryNotEmptyException) {
        return path + ": is a directory, expected a file";
      }
      return path + ": " + oneLine(file.getReason() == null ? "unusable" : file.getReason());
    }
    return oneLine(problem.getMessage());
  }

  private static Throwable deepest(Throwable problem) {
    Throwable cause = problem;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return cause;
  }

  static String oneLine(String message) {
    return message == null ? "no details" : message.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
