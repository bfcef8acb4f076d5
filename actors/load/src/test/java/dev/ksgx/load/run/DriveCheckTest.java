package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.kernel.check.Inspection;
import dev.ksgx.kernel.check.PoolView;
import dev.ksgx.kernel.check.ViolationException;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.Images;
import dev.ksgx.load.workload.LoadGuardian;
import dev.ksgx.load.workload.WindowFigures;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.virtual.VirtualOptions;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/** A load whose kernel loses count of its free frames after a millisecond. */
class DriveCheckTest {
  private static final long FALSIFIED_NANOS = 1_000_000;

  private enum Falsify implements ClientMessage {
    NOW
  }

  private static final class Checking implements RunControl {
    private final boolean on;
    private Map<String, ConservationWatch.Known> known;

    Checking(boolean on) {
      this.on = on;
    }

    @Override
    public boolean checks() {
      return on;
    }

    @Override
    public void checked(Map<String, ConservationWatch.Known> broken) {
      known = broken;
    }
  }

  /** A pool that counts a frame too many. */
  private static final class Miscounted implements PoolView {
    @Override
    public int free() {
      return 1;
    }

    @Override
    public int inUse() {
      return 0;
    }

    @Override
    public boolean isFree(int frame) {
      return false;
    }

    @Override
    public void forEachFree(IntConsumer visit) {
      // none
    }
  }

  private static Behavior<ClientMessage> falsified(Behavior<ClientMessage> load) {
    return Behaviors.setup(
        context -> {
          ActorRef<ClientMessage> child = context.spawn(load, "load");
          RuntimeExtension.get(context.getSystem())
              .clock()
              .tellAt(FALSIFIED_NANOS, context.getSelf(), Falsify.NOW);
          return Behaviors.receiveMessage(
              message -> {
                if (message == Falsify.NOW) {
                  Inspection.of(context.getSystem()).opened(new Miscounted());
                } else {
                  child.tell(message);
                }
                return Behaviors.same();
              });
        });
  }

  private static long drive(Checking control, boolean falsify) {
    Scenario scenario =
        Scenarios.load(
            "closed-loop",
            List.of("load.length=20 launches", "load.warm-up=0 ms", "load.processes=4"),
            OptionalLong.empty());
    VirtualDrive<WindowFigures> drive = new VirtualDrive<>(control);
    return drive
        .drive(
            (finished, paging) -> {
              Behavior<ClientMessage> load =
                  LoadGuardian.create(
                      scenario.kernel(),
                      scenario.load(),
                      List.of(Images.named(scenario.load().images().shares().get(0).name())),
                      finished,
                      paging);
              return falsify ? falsified(load) : load;
            },
            VirtualOptions.seed(1),
            0)
        .messages();
  }

  @Test
  void aViolationEndsACheckedRunAtTheMessageThatBroughtIt() {
    assertThatThrownBy(() -> drive(new Checking(true), true))
        .isInstanceOf(ViolationException.class)
        .hasMessageStartingWith("at 1,000,000 ns the pool: counts 1 free and 0 in use");
  }

  @Test
  void aRunThatIsNotCheckedDoesNotNotice() {
    assertThat(drive(new Checking(false), true)).isPositive();
  }

  @Test
  void aCheckedRunReportsAtItsEndAndHandlesTheSameMessages() {
    Checking checking = new Checking(true);
    long messages = drive(checking, false);
    assertThat(checking.known).isEmpty();
    assertThat(messages).isEqualTo(drive(new Checking(false), false));
  }
}
