package dev.ksgx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadmeExampleTest {

  @Test
  void theExampleOfTheReadmeDrivesThroughSevenDaysAtOnce() {
    // README begin
    Behavior<Integer> bus =
        Behaviors.receive(
            (context, ride) -> {
              Clock clock = RuntimeExtension.get(context.getSystem()).clock();
              clock.tellAfter(TimeUnit.MINUTES.toNanos(10), context.getSelf(), ride + 1);
              return ride < 1_008 ? Behaviors.same() : Behaviors.stopped();
            });
    var city = VirtualSystem.create(bus, "city", VirtualOptions.seed(7));
    city.tell(0);
    city.runToQuiescence().orThrow(); // city.nowNanos() is a week later
    // README end
    assertThat(city.nowNanos()).isEqualTo(TimeUnit.DAYS.toNanos(7));
    city.close();
  }

  @Test
  void theReadmeContainsTheExampleWordForWord() throws Exception {
    Path module = Path.of("").toAbsolutePath();
    String source =
        Files.readString(module.resolve("src/test/java/dev/ksgx/runtime/ReadmeExampleTest.java"));
    int from = source.indexOf('\n', source.indexOf("// README begin")) + 1;
    int to = source.indexOf("// README end");
    String example = source.substring(from, to).stripIndent().strip();
    assertThat(Files.readString(module.resolve("README.md"))).contains(example);
  }
}
