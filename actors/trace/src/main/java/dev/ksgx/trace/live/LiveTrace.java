package dev.ksgx.trace.live;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.record.Recorder;
import dev.ksgx.runtime.record.RecorderSource;
import dev.ksgx.trace.record.Detail;
import dev.ksgx.trace.record.Only;
import dev.ksgx.trace.record.TraceOptions;
import dev.ksgx.trace.record.TraceRecorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Records a live system from its start to its end if {@code ksgx.trace.file} names a file.
 * Application.conf asks for it, and for the mailboxes and dispatchers that it hears from, by {@code
 * include classpath("ksgx-trace-live.conf")}. A virtual system takes its recorder as a sink.
 */
public final class LiveTrace implements Extension {
  /** For {@code akka.actor.typed.extensions}. */
  public static final class Id extends ExtensionId<LiveTrace> {
    private static final Id INSTANCE = new Id();

    private Id() {}

    /** Called by Akka. */
    public static Id getInstance() {
      return INSTANCE;
    }

    @Override
    public LiveTrace createExtension(ActorSystem<?> system) {
      return new LiveTrace(system);
    }
  }

  private static final String FILE = "ksgx.trace.file";

  private final TraceRecorder recorder;

  private LiveTrace(ActorSystem<?> system) {
    Config config = system.settings().config();
    String file = config.getString(FILE);
    if (file.isBlank() || system.classicSystem().scheduler() instanceof RecorderSource) {
      recorder = null;
      return;
    }
    try {
      recorder = TraceRecorder.to(Path.of(file), options(config));
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " = " + file + ": cannot be written", e);
    }
    Recorder events = Recorder.get(system);
    events.addSink(recorder);
    Probe probe = RuntimeExtension.get(system).probe();
    probe.addListener(recorder);
    // Whoever waits for the system's end finds the trace whole.
    system.classicSystem().registerOnTermination((Runnable) () -> events.end(probe));
  }

  /** What the configuration asks for. */
  static TraceOptions options(Config config) {
    Config trace = config.getConfig("ksgx.trace");
    try {
      return TraceOptions.everything()
          .withDetail(trace.getEnum(Detail.class, "detail"))
          .withOneIn(trace.getInt("one-in"))
          .withMostBytes(trace.getBytes("most-bytes"))
          .withOnly(Only.parse(trace.getStringList("only")));
    } catch (IllegalArgumentException e) {
      throw new ConfigException.BadValue(trace.origin(), "ksgx.trace", e.getMessage(), e);
    }
  }

  /** Messages recorded so far; 0 if nothing is recorded. */
  public long messages() {
    return recorder == null ? 0 : recorder.messages();
  }
}
