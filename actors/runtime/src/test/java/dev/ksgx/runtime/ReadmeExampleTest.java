package dev.ksgx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.runtime.clock.Clock;
import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.virtual.VirtualOptions;
import dev.ksgx.runtime.virtual.VirtualSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadmeExampleTest {

  // README begin
  static Behavior<String> bus(int rides) {
    return Behaviors.setup(
        context -> {
          RuntimeExtension runtime = RuntimeExtension.get(context.getSystem());
          Clock clock = runtime.clock();
          RandomStream delays = runtime.random().stream("bus");
          clock.tellAfter(TimeUnit.MINUTES.toNanos(10), context.getSelf(), "ride 1");
          return Behaviors.receiveMessage(
              ride -> {
                int number = Integer.parseInt(ride.substring(5));
                if (number == rides) {
                  return Behaviors.stopped();
                }
                long gap = (long) delays.exponential(TimeUnit.MINUTES.toNanos(10));
                clock.tellAfter(gap, context.getSelf(), "ride " + (number + 1));
                return Behaviors.same();
              });
        });
  }

  static String drive(long seed) {
    VirtualOptions options = VirtualOptions.seed(seed).withDigest(true);
    try (var city = VirtualSystem.create(bus(1_000), "city", options)) {
      city.runToQuiescence().orThrow();
      return city.nowNanos() + " ns " + city.digest();
    }
  }

  // README end

  @Test
  void theExampleOfTheReadmeRunsAndItsSeedDecides() {
    String first = drive(7);
    assertThat(drive(7)).isEqualTo(first);
    assertThat(drive(8)).isNotEqualTo(first);
    long weeks = Long.parseLong(first.substring(0, first.indexOf(' ')));
    assertThat(weeks).isBetween(TimeUnit.DAYS.toNanos(6), TimeUnit.DAYS.toNanos(8));
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
