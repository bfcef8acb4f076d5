package dev.ksgx.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.TargetLengthBasedClassNameAbbreviator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;
import org.slf4j.Logger;

/**
 * What Logback writes: only what went wrong, a line each on standard error; standard output belongs
 * to the result. Set up here, because reading the same from XML takes longer than most questions to
 * a trace; {@code -Dlogback.configurationFile=FILE} still takes its place. Found by ServiceLoader.
 */
public final class Logging extends ContextAwareBase implements Configurator {

  private static final class Line extends LayoutBase<ILoggingEvent> {
    private static final int NAME = 20;
    private final TargetLengthBasedClassNameAbbreviator names =
        new TargetLengthBasedClassNameAbbreviator(NAME);

    @Override
    public String doLayout(ILoggingEvent event) {
      return String.format(
          "%-5s %s: %s%n",
          event.getLevel(), names.abbreviate(event.getLoggerName()), event.getFormattedMessage());
    }
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    context.getStatusManager().add(new NopStatusListener());
    Line line = new Line();
    line.setContext(context);
    line.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(line);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
