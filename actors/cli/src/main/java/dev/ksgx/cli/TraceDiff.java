package dev.ksgx.cli;

import dev.ksgx.trace.export.ShiViz;
import dev.ksgx.trace.query.Divergence;
import dev.ksgx.trace.store.TraceStore;
import dev.ksgx.trace.text.UseText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where two traces part. */
@Command(
    name = "diff",
    description = {
      "Show the first message in which two traces differ: in an instant, sender, receiver, type,"
          + " request, key field, cause or origin.",
      "Exit code 1 if they differ, 0 if not."
    },
    mixinStandardHelpOptions = true)
final class TraceDiff extends TraceQuestion {
  /** More than these events of an execution its viewer does not draw within seconds. */
  private static final int MOST_AROUND = 2_000;

  private static final int AROUND = 200;

  @Parameters(index = "1", paramLabel = "OTHER", description = "The other trace.")
  private Path other;

  @Option(
      names = "--shiviz",
      paramLabel = "OUT",
      description = {
        "Also write both as two executions for ShiViz, around that message. The delimiter to give it:",
        ShiViz.DELIMITER
      })
  private Path target;

  @Option(
      names = "--around",
      paramLabel = "K",
      description =
          "With --shiviz: K messages before and K from there on. Default: " + AROUND + ".")
  private Integer around;

  private boolean differ;

  @Override
  public Integer call() throws IOException {
    int code = super.call();
    return differ ? ExitCode.NO : code;
  }

  @Override
  Path target() {
    return target;
  }

  @Override
  List<Path> traces() {
    return List.of(file(), other);
  }

  @Override
  void answer(TraceStore store, PrintWriter out) throws IOException {
    if (around != null && target == null) {
      throw new BadInput("--around: shows nothing without --shiviz OUT");
    }
    if (around != null && (around < 1 || around > MOST_AROUND)) {
      throw new BadInput("--around " + around + ": must be from 1 to " + MOST_AROUND);
    }
    Asked.messages(store);
    try (TraceStore second = open(other)) {
      Asked.messages(second);
      if (!Asked.detail(store).equals(Asked.detail(second))) {
        say("one of the two has key fields, the other none: they differ in these at least");
      }
      Optional<Divergence> difference = Divergence.of(store, second);
      differ = difference.isPresent();
      out.print(difference.map(UseText::divergence).orElse("the messages are the same\n"));
      if (target != null && difference.isPresent()) {
        out.print(write(store, second, difference.get().same()));
      }
    }
  }

  private String write(TraceStore store, TraceStore second, long same) throws IOException {
    int beside = around == null ? AROUND : around;
    StringBuilder log = new StringBuilder();
    ShiViz.write(
        new ShiViz.Execution("A " + name(file()), store),
        new ShiViz.Execution("B " + name(other), second),
        same,
        beside,
        log);
    NewFile.write(target, log.toString().getBytes(StandardCharsets.UTF_8));
    return "%s has at most %d messages of each before and from there on; --around changes that%n"
        .formatted(target, beside);
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }
}
