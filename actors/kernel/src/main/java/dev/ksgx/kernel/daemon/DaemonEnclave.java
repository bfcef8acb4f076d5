package dev.ksgx.kernel.daemon;

import akka.actor.typed.ActorRef;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.launch.LaunchKey;
import dev.ksgx.kernel.process.LaunchSequence;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Returned;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * One launch enclave of the daemon: built by whoever needs it first, through the calls that
 * everybody makes; its INIT has no valid token, as the hash MSRs hold its own signer's.
 */
final class DaemonEnclave {
  /** What the enclave is up to. */
  enum State {
    ABSENT,
    BUILDING,
    BUILT,
    GOING
  }

  /** The right to one TCS. */
  record Seat(DaemonEnclave enclave, int index) {}

  private record Waiting(Flow flow, Consumer<CallResult> then) {}

  private final Daemon daemon;
  private final ActorRef<AddressSpaceMessage.Request> space;
  private final SignedEnclave signed;
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** Since when nobody has a seat, and whether an alarm will ask. */
  long idleSinceNanos;

  boolean isWatched;
  private final dev.ksgx.runtime.probe.State told;
  private State state;
  private long base;
  private Translation translation;
  private long builds;

  /**
   * @param told hears what it is up to
   */
  DaemonEnclave(
      Daemon daemon,
      ActorRef<AddressSpaceMessage.Request> space,
      dev.ksgx.runtime.probe.State told) {
    this.daemon = daemon;
    this.space = space;
    this.told = told;
    become(State.ABSENT);
    this.signed = daemon.enclave();
    for (int seat = 0; seat < daemon.config.threads(); seat++) {
      free.add(seat);
    }
  }

  private void become(State next) {
    state = next;
    told.set(next.name());
  }

  /** The process is no more, and with it the enclave. */
  void ended() {
    told.end();
  }

  State state() {
    return state;
  }

  boolean hasFreeSeat() {
    return !free.isEmpty();
  }

  /** Nobody is inside or has a seat. */
  boolean isIdle() {
    return free.size() == daemon.config.threads();
  }

  Seat sit() {
    return new Seat(this, free.poll());
  }

  void stand(Seat seat) {
    free.addFirst(seat.index());
  }

  /** Linear address of the seat's TCS. */
  long tcs(Seat seat) {
    return base + LaunchKey.tcsOffset(signed, seat.index());
  }

  /** Linear address of a page for operands of leaves that no other thread uses. */
  long operandPage(Seat seat) {
    return base + LaunchKey.operandOffset(signed, seat.index());
  }

  Translation translation() {
    return translation;
  }

  /** Which building it is: what was learnt of an earlier one says nothing of this one. */
  long builds() {
    return builds;
  }

  /** Go on when the enclave is there, or with why it is not; builds it if nobody does. */
  void whenBuilt(Flow flow, Consumer<CallResult> then) {
    switch (state) {
      case BUILT -> then.accept(CallResult.OK);
      case ABSENT -> build(flow, then);
      default -> {
        waiting.add(new Waiting(flow, then));
        flow.block();
      }
    }
  }

  private void build(Flow flow, Consumer<CallResult> then) {
    become(State.BUILDING);
    new LaunchSequence(daemon.device, space, flow.task(), daemon.self, daemon.calls, signed, false)
        .withToken(EinitToken.NONE.bytes())
        .start(
            flow.request(),
            outcome -> {
              base = outcome.address();
              if (outcome.result().isZero()) {
                space.tell(
                    new AddressSpaceMessage.AskEnclave(
                        base,
                        daemon.calls.<EnclaveMessage.State>expect(made -> built(made, then)),
                        daemon.self));
              } else {
                discard(flow, () -> over(State.ABSENT, outcome.result(), then));
              }
            });
  }

  private void built(EnclaveMessage.State made, Consumer<CallResult> then) {
    translation = made.translation();
    builds++;
    daemon.counts.builds++;
    over(State.BUILT, CallResult.OK, then);
  }

  private void over(State next, CallResult result, Consumer<CallResult> then) {
    become(next);
    List<Waiting> all = List.copyOf(waiting);
    waiting.clear();
    then.accept(result);
    for (Waiting one : all) {
      if (result.isZero()) {
        whenBuilt(one.flow(), one.then());
      } else {
        one.then().accept(result);
      }
    }
  }

  /** The enclave with that number of builds was found dead, or is not needed: it goes. */
  void remove(Flow flow, long building, Runnable then) {
    if (state != State.BUILT || builds != building) {
      then.run();
      return;
    }
    become(State.GOING);
    discard(flow, () -> over(State.ABSENT, CallResult.OK, gone -> then.run()));
  }

  private void discard(Flow flow, Runnable then) {
    if (base == 0) {
      then.run();
      return;
    }
    space.tell(
        new AddressSpaceMessage.Munmap(
            flow.task(),
            flow.request(),
            base,
            signed.image().sizeBytes(),
            daemon.calls.<Returned>expect(unmapped -> then.run()),
            daemon.self));
  }

  /** What the enclave's random generator gives: 32 bytes. */
  Bytes keyId() {
    byte[] id = new byte[32];
    for (int i = 0; i < id.length; i += 8) {
      long word = daemon.keyIds.nextLong();
      for (int j = 0; j < 8; j++) {
        id[i + j] = (byte) (word >>> 8 * j);
      }
    }
    return Bytes.copyOf(id);
  }
}
