package dev.ksgx.cli;

import dev.ksgx.trace.export.Diagram;
import dev.ksgx.trace.export.JsonLines;
import dev.ksgx.trace.export.Otlp;
import dev.ksgx.trace.export.Perfetto;
import dev.ksgx.trace.export.Selection;
import dev.ksgx.trace.export.ShiViz;
import dev.ksgx.trace.store.TraceStore;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A trace for other people's viewers. */
@Command(
    name = "export",
    description = "Write a trace, or a part of it, for a viewer.",
    mixinStandardHelpOptions = true)
final class TraceExport extends TraceQuestion {
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
  private Perfetto.Flows flows = Perfetto.Flows.LAUNCH;

  @Option(names = "--out", paramLabel = "FILE", description = "Instead of standard output.")
  private Path target;

  @Override
  void answer(TraceStore store, PrintWriter out) throws IOException {
    Selection selection =
        new Selection(launch == null ? null : launch(store, launch).id(), from, to);
    if (target == null) {
      write(store, selection, new BufferedWriter(out));
    } else {
      try (Writer file = Files.newBufferedWriter(target)) {
        write(store, selection, file);
      }
    }
  }

  private void write(TraceStore store, Selection selection, Writer out) throws IOException {
    switch (format) {
      case PERFETTO -> Perfetto.write(store, selection, flows, out);
      case SHIVIZ -> ShiViz.write(store, selection, out);
      case MERMAID -> Diagram.MERMAID.write(store, selection, out);
      case PLANTUML -> Diagram.PLANTUML.write(store, selection, out);
      case JSONL -> JsonLines.write(store, selection, out);
      case OTLP -> Otlp.write(store, selection, out);
    }
    out.flush();
  }
}
