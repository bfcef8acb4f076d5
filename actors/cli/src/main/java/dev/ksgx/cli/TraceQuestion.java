package dev.ksgx.cli;

import dev.ksgx.trace.query.Message;
import dev.ksgx.trace.query.Messages;
import dev.ksgx.trace.query.Request;
import dev.ksgx.trace.query.Requests;
import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.text.NotesText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A question to a trace: opens it, indexing it if need be, and prints the answer. */
abstract class TraceQuestion implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "What ksgx run --trace wrote, or the database beside it.")
  private Path file;

  final Path file() {
    return file;
  }

  /** The file that the answer goes to; null if it is printed. */
  Path target() {
    return null;
  }

  /** What is asked. */
  List<Path> traces() {
    return List.of(file);
  }

  abstract void answer(TraceStore store, PrintWriter out) throws IOException;

  @Override
  public Integer call() throws IOException {
    if (target() != null) {
      List<Path> inputs = new ArrayList<>(traces());
      traces().forEach(trace -> inputs.add(TraceStore.database(trace)));
      NewFile.check(target(), inputs);
    }
    try (TraceStore store = open(file)) {
      answer(store, spec.commandLine().getOut());
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    }
  }

  /** Opens a trace and says what is missing from it. */
  final TraceStore open(Path trace) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    Path readable = InputFile.readable(trace, "a trace");
    TraceStore store;
    try (ProgressLine progress = progress()) {
      store = TraceStore.open(readable, progress::showIndexing);
    }
    NotesText.missing(store.notes()).forEach(line -> err.println("trace: " + line));
    err.flush();
    return store;
  }

  /** Says something beside the answer, in one line. */
  final void say(String line) {
    spec.commandLine().getErr().println("trace: " + line);
    spec.commandLine().getErr().flush();
  }

  final ProgressLine progress() {
    return ProgressLine.onTerminal(spec.commandLine().getErr(), 0);
  }

  static Message message(TraceStore store, String id) {
    String digits = id.startsWith("#") ? id.substring(1) : id;
    digits = digits.startsWith("m") ? digits.substring(1) : digits;
    if (!digits.matches("[0-9]{1,18}")) {
      throw new BadInput(id + ": is no message; expected a number such as m1234");
    }
    return new Messages(store)
        .find(Long.parseLong(digits))
        .orElseThrow(() -> new BadInput(id + ": the trace has no such message"));
  }

  static Request launch(TraceStore store, long number) {
    return new Requests(store)
        .numbered(number)
        .orElseThrow(
            () ->
                new BadInput(
                    "launch " + number + ": had not begun in this trace, or is not in it"));
  }

  static Request request(TraceStore store, long id) {
    return new Requests(store)
        .find(id)
        .orElseThrow(
            () -> new BadInput("request " + id + ": neither ended nor has a name in this trace"));
  }
}
