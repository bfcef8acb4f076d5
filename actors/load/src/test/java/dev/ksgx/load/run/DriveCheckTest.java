package dev.ksgx.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.kernel.check.Inspection;
import dev.ksgx.kernel.check.PoolView;
import dev.ksgx.kernel.check.ViolationException;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.load.workload.LoadGuardian;
import dev.ksgx.load.workload.Targets;
import dev.ksgx.load.workload.WindowFigures;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.EpcMessage;
import dev.ksgx.runtime.RuntimeExtension;
import dev.ksgx.runtime.virtual.VirtualOptions;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/**
 * A load whose kernel loses count of its free frames after a millisecond, or one of whose frames
 * gets lost then.
 */
class DriveCheckTest {
  private static final long FALSIFIED_NANOS = 1_000_000;

  /** What goes wrong with the run. */
  private enum Falsify implements ClientMessage {
    NOTHING,
    MISCOUNT,
    LOSE_A_FRAME
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
    public void checked(Map<String, ConservationWatch.Known> broken, int waiting) {
      assertThat(waiting).isZero();
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

  private static Behavior<ClientMessage> falsified(Behavior<ClientMessage> load, Falsify how) {
    return Behaviors.setup(
        context -> {
          ActorRef<ClientMessage> child = context.spawn(load, "load");
          RuntimeExtension.get(context.getSystem())
              .clock()
              .tellAt(FALSIFIED_NANOS, context.getSelf(), how);
          return Behaviors.receiveMessage(
              message -> {
                if (message == Falsify.MISCOUNT) {
                  Inspection.of(context.getSystem()).opened(new Miscounted());
                } else if (message == Falsify.LOSE_A_FRAME) {
                  loseAFrame(context.getSystem());
                } else {
                  child.tell(message);
                }
                return Behaviors.same();
              });
        });
  }

  /** Somebody takes it and does nothing with it. */
  private static void loseAFrame(ActorSystem<?> system) {
    TaskRef nobody = new TaskRef(9_999, 9_999, TaskRef.Kind.CREATOR);
    system
        .classicSystem()
        .actorSelection("/user/load/kernel/epc-manager")
        .tell(
            new EpcMessage.Allocate(
                nobody,
                new RequestId(1L << 60),
                EpcMessage.Use.PAGE,
                true,
                0,
                system.deadLetters()),
            akka.actor.ActorRef.noSender());
  }

  private static VirtualDrive.Driven<WindowFigures> drive(Checking control, Falsify how) {
    Scenario scenario =
        Scenarios.load(
            "closed-loop",
            List.of("load.length=20 launches", "load.warm-up=0 ms", "load.processes=4"),
            OptionalLong.empty());
    VirtualDrive<WindowFigures> drive = new VirtualDrive<>(control);
    return drive.drive(
        (finished, paging) -> {
          Behavior<ClientMessage> load =
              LoadGuardian.create(
                  scenario.kernel(),
                  scenario.load(),
                  Targets.of(scenario.load().images()),
                  finished,
                  paging);
          return how == Falsify.NOTHING ? load : falsified(load, how);
        },
        VirtualOptions.seed(1).withDigest(true),
        0);
  }

  @Test
  void aViolationEndsACheckedRunAtTheMessageThatBroughtIt() {
    assertThatThrownBy(() -> drive(new Checking(true), Falsify.MISCOUNT))
        .isInstanceOf(ViolationException.class)
        .hasMessageStartingWith("at 1,000,000 ns the pool: counts 1 free and 0 in use");
  }

  @Test
  void aFrameThatNobodyGetsIsNamedAtTheEndOfALoadThatNeverRests() {
    Checking checking = new Checking(true);
    assertThatThrownBy(() -> drive(checking, Falsify.LOSE_A_FRAME))
        .isInstanceOf(ViolationException.class)
        .hasMessageMatching(
            "at [\\d,]+ ns frame \\d+: is nobody's and is not in the pool \\(a frame is in the pool"
                + " or somebody's\\)");
    assertThat(checking.known).isNull();
  }

  @Test
  void aRunThatIsNotCheckedDoesNotNotice() {
    assertThat(drive(new Checking(false), Falsify.MISCOUNT).messages()).isPositive();
    assertThat(drive(new Checking(false), Falsify.LOSE_A_FRAME).messages()).isPositive();
  }

  /** What the check drives on for comes after everything that is reported. */
  @Test
  void aCheckedRunReportsAtItsEndAndHasTheSameDigestAndFigures() {
    Checking checking = new Checking(true);
    VirtualDrive.Driven<WindowFigures> checked = drive(checking, Falsify.NOTHING);
    assertThat(checking.known).isEmpty();
    VirtualDrive.Driven<WindowFigures> plain = drive(new Checking(false), Falsify.NOTHING);
    assertThat(checked.messages()).isEqualTo(plain.messages());
    assertThat(checked.digest()).isEqualTo(plain.digest());
    assertThat(checked.paging()).isEqualTo(plain.paging());
    assertThat(checked.figures())
        .usingRecursiveComparison()
        .ignoringFieldsMatchingRegexes(".*identity")
        .isEqualTo(plain.figures());
  }
}
