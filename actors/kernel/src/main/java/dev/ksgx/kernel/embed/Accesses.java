package dev.ksgx.kernel.embed;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.leaf.AccessResult;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.process.UserMode;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** What threads do with an enclave that is there: enter it, look at it from outside, debug it. */
final class Accesses {
  private static final int WORD_BYTES = 8;

  private Accesses() {}

  /** EENTER at {@code tcs}, the program, EEXIT. Completes with what the program left with. */
  static Operation<Bytes> enter(
      EnclaveSeat enclave, long tcs, Supplier<? extends EnclaveProgram> program) {
    GuardedProgram guarded = new GuardedProgram(program);
    return onePageOf(
        enclave,
        SgxException.Phase.ENTER,
        tcs,
        tables -> new Step.Enter(tcs, tables, guarded),
        (result, call) -> {
          StepResult.Left left = (StepResult.Left) result;
          if (guarded.thrown() != null) {
            call.fail(guarded.thrown());
          } else if (!left.fault().isEmpty()) {
            call.fail(SgxException.fault(SgxException.Phase.ENTER, left.fault()));
          } else {
            call.succeed(left.value());
          }
        });
  }

  /** A load from outside, within one page. */
  static Operation<Bytes> load(EnclaveSeat enclave, long address, int length) {
    withinPage(address, length);
    return access(enclave, address, length, null, AccessResult::data);
  }

  /** A store from outside, within one page. */
  static Operation<Void> store(EnclaveSeat enclave, long address, Bytes data) {
    withinPage(address, data.length());
    return access(enclave, address, data.length(), data, result -> null);
  }

  private static void withinPage(long address, int length) {
    if (length < 1 || address % Epc.PAGE_BYTES + length > Epc.PAGE_BYTES) {
      throw new IllegalArgumentException(
          "%d bytes at 0x%x: expected at least one, all in one page".formatted(length, address));
    }
  }

  private static <T> Operation<T> access(
      EnclaveSeat enclave, long address, int length, Bytes data, Function<AccessResult, T> value) {
    return onePageOf(
        enclave,
        SgxException.Phase.ACCESS,
        address,
        tables -> new Step.Access(tables, address, length, data),
        (result, call) -> {
          if (result instanceof StepResult.Accessed accessed && !accessed.result().isFault()) {
            call.succeed(value.apply(accessed.result()));
          } else {
            call.fail(SgxException.fault(SgxException.Phase.ACCESS, faultOf(result)));
          }
        });
  }

  private static String faultOf(StepResult result) {
    return result instanceof StepResult.Accessed accessed
        ? accessed.result().check()
        : ((StepResult.Left) result).fault();
  }

  /** ptrace: the 8 bytes at a linear address. */
  static Operation<Long> debugRead(EnclaveSeat enclave, long address) {
    return debug(
        enclave,
        address,
        (gateway, turn, call) ->
            new AddressSpaceMessage.Peek(
                turn.task(), turn.request(), address, call, gateway.self()),
        AddressSpaceMessage.Peeked::value);
  }

  /** ptrace: 8 bytes to a linear address. */
  static Operation<Void> debugWrite(EnclaveSeat enclave, long address, long word) {
    return debug(
        enclave,
        address,
        (gateway, turn, call) ->
            new AddressSpaceMessage.Poke(
                turn.task(), turn.request(), address, word, call, gateway.self()),
        done -> null);
  }

  /** Makes the message of an access. */
  @FunctionalInterface
  private interface Ptrace {
    AddressSpaceMessage.Request message(Gateway gateway, Turn turn, long call);
  }

  private static <T> Operation<T> debug(
      EnclaveSeat enclave,
      long address,
      Ptrace ptrace,
      Function<AddressSpaceMessage.Peeked, T> value) {
    if (address % WORD_BYTES != 0) {
      throw new IllegalArgumentException(
          "0x%x: a debugger's words are at multiples of 8".formatted(address));
    }
    return (gateway, call) ->
        gateway.asThread(
            enclave.process,
            SgxException.Phase.DEBUG,
            call,
            turn -> {
              long number =
                  gateway
                      .calls()
                      .<AddressSpaceMessage.Peeked>expect(
                          done -> {
                            turn.end();
                            if (done.result().isZero()) {
                              call.succeed(value.apply(done));
                            } else {
                              call.fail(SgxException.call(SgxException.Phase.DEBUG, done.result()));
                            }
                          });
              enclave.process.space.tell(ptrace.message(gateway, turn, number));
            });
  }

  /** One step of a thread that needs the page tables of the enclave at {@code address}. */
  private static <T> Operation<T> onePageOf(
      EnclaveSeat enclave,
      SgxException.Phase phase,
      long address,
      Function<Translation, Step> stepOf,
      BiConsumer<StepResult, OpenCall<T>> finish) {
    ProcessSeat process = enclave.process;
    return (gateway, call) ->
        gateway.asThread(
            process,
            phase,
            call,
            turn -> {
              process.entered();
              long number =
                  gateway
                      .calls()
                      .<EnclaveMessage.State>expect(
                          state -> {
                            Translation tables = enclave.unmapped ? null : state.translation();
                            if (tables == null) {
                              leave(process, turn);
                              call.fail(
                                  SgxException.fault(
                                      phase, "no enclave covers 0x%x".formatted(address)));
                            } else {
                              new UserMode(
                                      turn.flow(), process.space, gateway.self(), gateway.calls())
                                  .run(
                                      Burst.of(stepOf.apply(tables)),
                                      ran -> {
                                        leave(process, turn);
                                        finish.accept(ran.last(), call);
                                      });
                            }
                          });
              process.space.tell(
                  new AddressSpaceMessage.AskEnclave(address, number, gateway.self()));
            });
  }

  private static void leave(ProcessSeat process, Turn turn) {
    turn.end();
    process.left();
  }
}
