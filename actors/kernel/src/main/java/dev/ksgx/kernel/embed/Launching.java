package dev.ksgx.kernel.embed;

import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.process.DeviceOpening;
import dev.ksgx.kernel.process.LaunchSequence;
import java.util.Objects;

/** A launch: the device is opened if the process has not, then the calls of a launch. */
final class Launching {
  private Launching() {}

  /**
   * Completes when the enclave is initialised; one that failed is unmapped again.
   *
   * @param token 304 bytes for INIT; null: what the design wants of a program
   */
  static Operation<EnclaveSeat> launch(ProcessSeat process, SignedEnclave enclave, Bytes token) {
    Objects.requireNonNull(enclave.image(), "image");
    Objects.requireNonNull(enclave.sigStruct(), "sigStruct");
    return (gateway, call) ->
        gateway.asThread(
            process,
            SgxException.Phase.MMAP,
            call,
            turn -> {
              gateway.nameLaunch(turn);
              if (process.openFiles > 0) {
                run(gateway, process, turn, enclave, token, call);
              } else {
                SystemCalls.open(
                    gateway,
                    process,
                    turn,
                    DeviceOpening.said(process.tokens),
                    result -> {
                      if (result.isErrno()) {
                        turn.end();
                        call.fail(SgxException.call(SgxException.Phase.OPEN, result));
                      } else if (Gateway.refusedExiting(process, SgxException.Phase.MMAP, call)) {
                        turn.end();
                      } else {
                        run(gateway, process, turn, enclave, token, call);
                      }
                    });
              }
            });
  }

  private static void run(
      Gateway gateway,
      ProcessSeat process,
      Turn turn,
      SignedEnclave enclave,
      Bytes token,
      OpenCall<EnclaveSeat> call) {
    LaunchSequence.of(
            gateway.doors(),
            token == null ? process.tokens : null,
            process.space,
            turn.task(),
            gateway.self(),
            gateway.calls(),
            enclave)
        .withToken(token)
        .start(
            turn.request(),
            outcome -> {
              if (outcome.result().isZero()) {
                turn.end();
                long bytes = enclave.image().sizeBytes();
                call.succeed(new EnclaveSeat(process, outcome.address(), bytes));
              } else {
                fail(gateway, process, turn, enclave, outcome, call);
              }
            });
  }

  /** An exiting process unmaps everything itself. */
  private static void fail(
      Gateway gateway,
      ProcessSeat process,
      Turn turn,
      SignedEnclave enclave,
      LaunchSequence.Outcome outcome,
      OpenCall<EnclaveSeat> call) {
    Runnable end =
        () -> {
          turn.end();
          call.fail(SgxException.call(phaseOf(outcome), outcome.result()));
        };
    if (outcome.phase() == LaunchSequence.Phase.MMAP || process.exiting) {
      end.run();
    } else {
      long bytes = enclave.image().sizeBytes();
      SystemCalls.munmap(gateway, process, turn, outcome.address(), bytes, unmapped -> end.run());
    }
  }

  private static SgxException.Phase phaseOf(LaunchSequence.Outcome outcome) {
    return switch (outcome.phase()) {
      case MMAP -> SgxException.Phase.MMAP;
      case CREATE -> SgxException.Phase.CREATE;
      case ADD -> SgxException.Phase.ADD;
      case TOKEN -> SgxException.Phase.TOKEN;
      case INIT -> SgxException.Phase.INIT;
    };
  }
}
