package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {
  @Test
  void onlyWhatWentWrongIsWrittenALineEachToStandardError() {
    PrintStream before = System.err;
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    System.setErr(new PrintStream(heard, true, StandardCharsets.UTF_8));
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    context.start();
    try {
      new Logging().configure(context);
      context.getLogger("dev.ksgx.kernel.Device").warn("lost {}", 3, new RuntimeException("trace"));
      context.getLogger("dev.ksgx.kernel.Device").info("nothing");
    } finally {
      context.stop();
      System.setErr(before);
    }
    assertThat(heard.toString(StandardCharsets.UTF_8))
        .isEqualTo("WARN  d.ksgx.kernel.Device: lost 3" + System.lineSeparator());
  }

  @Test
  void logbackFindsIt() {
    assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(Logging.class);
    assertThat(((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("ROOT").getLevel())
        .isEqualTo(ch.qos.logback.classic.Level.WARN);
  }
}
