package dev.ksgx.cli;

import dev.ksgx.trace.export.Diagram;
import dev.ksgx.trace.export.JsonLines;
import dev.ksgx.trace.export.Otlp;
import dev.ksgx.trace.export.Perfetto;
import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.export.ShiViz;
import dev.ksgx.trace.store.TraceStore;
import java.io.BufferedWriter;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A trace for other people's viewers. */
@Command(
    name = "export",
    description = "Write a trace, or a part of it, for a viewer.",
    mixinStandardHelpOptions = true)
final class TraceExport extends TraceQuestion {
  private static final int CHUNK = 1 << 16;

  private enum Format {
    PERFETTO,
    SHIVIZ,
    MERMAID,
    PLANTUML,
    JSONL,
    OTLP
  }

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description =
          "perfetto (ui.perfetto.dev), shiviz, mermaid, plantuml, jsonl (a message a line) or otlp"
              + " (Jaeger).")
  private Format format;

  @Option(names = "--launch", paramLabel = "N", description = "What serves this launch.")
  private Long launch;

  @Option(names = "--from", paramLabel = "NANOS", description = "From this instant on.")
  private Long from;

  @Option(names = "--to", paramLabel = "NANOS", description = "Up to this instant.")
  private Long to;

  @Option(
      names = "--flows",
      paramLabel = "WHICH",
      description =
          "Arrows of perfetto: none, launch (the default: those within one launch) or all, which may"
              + " freeze the viewer.")
  private Perfetto.Flows flows;

  @Option(names = "--out", paramLabel = "FILE", description = "Instead of standard output.")
  private Path target;

  @Override
  public Integer call() throws IOException {
    if (flows != null && format != Format.PERFETTO) {
      throw new BadInput("--flows: there are none but with --format perfetto");
    }
    return super.call();
  }

  @Override
  Path target() {
    return target;
  }

  @Override
  void answer(TraceStore store, PrintWriter out) throws IOException {
    Asked.time(store, from, to);
    if (format != Format.PERFETTO && format != Format.OTLP) {
      Asked.messages(store); // The others have nothing but messages.
    } else if (!Asked.hasMessages(store)) {
      say("there are no messages in it, recorded with --trace-detail requests: only launches");
    }
    Selection selection =
        new Selection(launch == null ? null : launch(store, launch).id(), from, to);
    if (target == null) {
      write(
          store, selection, new BufferedWriter(new Chunks(out, chars -> refuseIfLost(out)), CHUNK));
      return;
    }
    try (ProgressLine progress = progress()) {
      NewFile.write(
          target,
          file -> {
            Writer utf8 = new OutputStreamWriter(file, StandardCharsets.UTF_8);
            Chunks told = new Chunks(utf8, progress::showExport);
            write(store, selection, new BufferedWriter(told, CHUNK));
          });
    }
  }

  /** Nobody reads on, such as {@code head}: nothing more need be found out. */
  private static void refuseIfLost(PrintWriter out) throws IOException {
    if (out.checkError()) {
      throw new IOException("standard output: cannot be written to; the output is not complete");
    }
  }

  private void write(TraceStore store, Selection selection, Writer out) throws IOException {
    switch (format) {
      case PERFETTO ->
          Perfetto.write(store, selection, flows == null ? Perfetto.Flows.LAUNCH : flows, out);
      case SHIVIZ -> shiViz(store, selection, out);
      case MERMAID -> Diagram.MERMAID.write(store, selection, out);
      case PLANTUML -> Diagram.PLANTUML.write(store, selection, out);
      case JSONL -> JsonLines.write(store, selection, out);
      case OTLP -> otlp(store, selection, out);
    }
    out.flush();
  }

  private void otlp(TraceStore store, Selection selection, Writer out) throws IOException {
    long leftOut = Otlp.write(store, selection, out);
    if (leftOut > 0) {
      say(
          String.format(
              Locale.ROOT,
              "otlp: %,d messages are left out, which serve no request, or one that has no end here",
              leftOut));
    }
  }

  private void shiViz(TraceStore store, Selection selection, Writer out) throws IOException {
    try {
      ShiViz.write(store, selection, out);
    } catch (IllegalArgumentException e) {
      throw new BadInput(
          "shiviz: "
              + file()
              + " has "
              + e.getMessage()
              + "; choose a launch by --launch N or a time by --from and --to",
          e);
    }
  }

  /** Hears how many characters have been written, after each chunk. */
  @FunctionalInterface
  private interface Told {
    void written(long characters) throws IOException;
  }

  private static final class Chunks extends FilterWriter {
    private final Told told;
    private long written;

    Chunks(Writer out, Told told) {
      super(out);
      this.told = told;
    }

    @Override
    public void write(char[] buffer, int offset, int length) throws IOException {
      out.write(buffer, offset, length);
      told.written(written += length);
    }
  }
}
