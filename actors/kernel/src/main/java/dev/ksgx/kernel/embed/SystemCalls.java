package dev.ksgx.kernel.embed;

import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.launch.TokenRequest;
import dev.ksgx.kernel.process.DeviceOpening;
import dev.ksgx.kernel.process.TokenClient;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.DeviceMessage;
import dev.ksgx.protocol.message.EnclaveMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.protocol.message.Returned;
import dev.ksgx.protocol.message.SchedulerMessage;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/** Single system calls of a process, each by a thread that has no other call out. */
final class SystemCalls {
  private SystemCalls() {}

  /** Sends one call; its answer comes to {@code call}. */
  @FunctionalInterface
  private interface Send {
    void send(Gateway gateway, Turn turn, long call);
  }

  static Operation<Integer> open(ProcessSeat process) {
    return (gateway, call) ->
        gateway.asThread(
            process,
            SgxException.Phase.OPEN,
            call,
            turn ->
                open(
                    gateway,
                    process,
                    turn,
                    null,
                    result -> {
                      turn.end();
                      finish(
                          SgxException.Phase.OPEN,
                          call,
                          result,
                          result.isErrno(),
                          value -> (int) value);
                    }));
  }

  /**
   * open() as part of something larger.
   *
   * @param said what the process says on the file at once; null: nothing
   */
  static void open(
      Gateway gateway, ProcessSeat process, Turn turn, SgxIoctl said, Consumer<CallResult> then) {
    new DeviceOpening(
            gateway.doors().device(), process.space, turn.task(), gateway.self(), gateway.calls())
        .start(
            turn.request(),
            said,
            result -> {
              if (!result.isErrno()) {
                process.openFiles++;
              }
              then.accept(result);
            });
  }

  static Operation<Void> close(ProcessSeat process, int descriptor) {
    return single(
        process,
        SgxException.Phase.CLOSE,
        (gateway, turn, call) ->
            gateway
                .doors()
                .device()
                .tell(
                    new DeviceMessage.Close(
                        turn.task(), turn.request(), descriptor, call, gateway.self())),
        result -> {
          if (result.isZero()) {
            process.openFiles--;
          }
          return !result.isZero();
        },
        value -> null);
  }

  static Operation<Long> mmap(ProcessSeat process, long bytes) {
    return single(
        process,
        SgxException.Phase.MMAP,
        (gateway, turn, call) ->
            process.space.tell(
                new AddressSpaceMessage.Mmap(
                    turn.task(), turn.request(), bytes, call, gateway.self())),
        CallResult::isErrno,
        value -> value);
  }

  static Operation<Void> munmap(ProcessSeat process, long address, long bytes) {
    return single(
        process,
        SgxException.Phase.MUNMAP,
        (gateway, turn, call) -> sendMunmap(process, gateway, turn, address, bytes, call),
        result -> !result.isZero(),
        value -> null);
  }

  /** munmap() as part of something larger. */
  static void munmap(
      Gateway gateway,
      ProcessSeat process,
      Turn turn,
      long address,
      long bytes,
      Consumer<CallResult> then) {
    send(gateway, turn, (g, t, call) -> sendMunmap(process, g, t, address, bytes, call), then);
  }

  /** munmap() of an enclave's range, once; the exit of its process serves as well. */
  static Operation<Void> unmap(EnclaveSeat enclave) {
    return (gateway, call) -> {
      ProcessSeat process = enclave.process;
      Runnable exiting = () -> exit(gateway, process, () -> call.succeed(null));
      if (enclave.unmapped) {
        call.succeed(null);
        return;
      }
      enclave.unmapped = true;
      gateway.asThread(
          process,
          exiting,
          turn ->
              munmap(
                  gateway,
                  process,
                  turn,
                  enclave.base,
                  enclave.bytes,
                  result -> {
                    turn.end();
                    if (result.isZero()) {
                      call.succeed(null);
                    } else if (process.exiting) {
                      exiting.run();
                    } else {
                      call.fail(SgxException.call(SgxException.Phase.MUNMAP, result));
                    }
                  }));
    };
  }

  private static void sendMunmap(
      ProcessSeat process, Gateway gateway, Turn turn, long address, long bytes, long call) {
    process.space.tell(
        new AddressSpaceMessage.Munmap(
            turn.task(), turn.request(), address, bytes, call, gateway.self()));
  }

  static Operation<Void> ioctl(ProcessSeat process, SgxException.Phase phase, SgxIoctl ioctl) {
    return single(
        process,
        phase,
        (gateway, turn, call) ->
            gateway
                .doors()
                .device()
                .tell(
                    new DeviceMessage.Ioctl(
                        turn.task(), turn.request(), process.space, ioctl, call, gateway.self())),
        result -> !result.isZero(),
        value -> null);
  }

  /** A token of the daemon that the process relies on. */
  static Operation<Bytes> askToken(ProcessSeat process, SignedEnclave enclave) {
    return (gateway, call) -> {
      if (process.tokens == null) {
        call.fail(Books.noDaemon());
        return;
      }
      gateway.asThread(
          process,
          SgxException.Phase.TOKEN,
          call,
          turn ->
              new TokenClient(
                      process.tokens,
                      gateway.doors().scheduler(),
                      turn.task(),
                      gateway.self(),
                      gateway.calls(),
                      TokenRequest.of(enclave.sigStruct(), enclave.image().attributes()))
                  .ask(
                      turn.request(),
                      (token, result) -> {
                        turn.end();
                        if (result.isZero()) {
                          call.succeed(token);
                        } else {
                          call.fail(SgxException.call(SgxException.Phase.TOKEN, result));
                        }
                      }));
    };
  }

  /** Completes with the child, which runs from then on. */
  static Operation<ProcessSeat> fork(ProcessSeat process) {
    return (gateway, call) ->
        gateway.asThread(
            process,
            SgxException.Phase.FORK,
            call,
            turn -> {
              long number =
                  gateway
                      .calls()
                      .<KernelMessage.Process>expect(
                          made -> {
                            turn.end();
                            call.succeed(gateway.seat(made, process.tokens));
                          });
              gateway
                  .kernel()
                  .tell(
                      new KernelMessage.Fork(
                          turn.task(), turn.request(), process.space, number, gateway.self()));
            });
  }

  static Operation<EnclaveMessage.State> state(EnclaveSeat enclave) {
    return (gateway, call) -> state(gateway, enclave.process, enclave.base, enclave.unmapped, call);
  }

  static Operation<EnclaveMessage.State> state(ProcessSeat process, long address) {
    return (gateway, call) -> state(gateway, process, address, false, call);
  }

  private static void state(
      Gateway gateway,
      ProcessSeat process,
      long address,
      boolean unmapped,
      OpenCall<EnclaveMessage.State> call) {
    if (unmapped || process.exiting) {
      call.succeed(new EnclaveMessage.State(0, EnclaveMessage.Phase.RELEASED, 0, null));
    } else {
      long number = gateway.calls().<EnclaveMessage.State>expect(call::succeed);
      process.space.tell(new AddressSpaceMessage.AskEnclave(address, number, gateway.self()));
    }
  }

  static Operation<Void> exit(ProcessSeat process) {
    return (gateway, call) -> exit(gateway, process, () -> call.succeed(null));
  }

  /** exit() by the first thread, once no thread of the process is inside an enclave. */
  static void exit(Gateway gateway, ProcessSeat process, Runnable then) {
    if (joins(process, then)) {
      RequestId request = gateway.newRequest();
      process.onceOutside(
          () ->
              process.space.tell(
                  new AddressSpaceMessage.Exit(
                      process.mainTask,
                      request,
                      exited(gateway, process, request),
                      gateway.self())));
    }
  }

  /** SIGKILL: calls under way are interrupted where the driver lets them. */
  static Operation<Void> kill(ProcessSeat process) {
    return (gateway, call) -> {
      if (joins(process, () -> call.succeed(null))) {
        RequestId request = gateway.newRequest();
        process.onceOutside(
            () ->
                process.space.tell(
                    new AddressSpaceMessage.Kill(
                        request, exited(gateway, process, request), gateway.self())));
      } else if (!process.gone) {
        gateway
            .doors()
            .scheduler()
            .tell(new SchedulerMessage.SignalProcess(process.mainTask.pid()));
      }
    };
  }

  /** Waits for the exit of the process; true if it has yet to begin. */
  private static boolean joins(ProcessSeat process, Runnable then) {
    if (process.gone) {
      then.run();
      return false;
    }
    process.awaitingExit.add(then);
    boolean first = !process.exiting;
    process.exiting = true;
    return first;
  }

  private static long exited(Gateway gateway, ProcessSeat process, RequestId request) {
    return gateway
        .calls()
        .<Returned>expect(
            returned -> {
              gateway.probe().done(request.value());
              process.gone = true;
              gateway.processes().remove(process.mainTask.pid());
              process.awaitingExit.forEach(Runnable::run);
            });
  }

  private static <T> Operation<T> single(
      ProcessSeat process,
      SgxException.Phase phase,
      Send send,
      Predicate<CallResult> failed,
      LongFunction<T> value) {
    return (gateway, call) ->
        gateway.asThread(
            process,
            phase,
            call,
            turn ->
                send(
                    gateway,
                    turn,
                    send,
                    result -> {
                      turn.end();
                      finish(phase, call, result, failed.test(result), value);
                    }));
  }

  private static void send(Gateway gateway, Turn turn, Send send, Consumer<CallResult> then) {
    long number = gateway.calls().<Returned>expect(returned -> then.accept(returned.result()));
    send.send(gateway, turn, number);
  }

  private static <T> void finish(
      SgxException.Phase phase,
      OpenCall<T> call,
      CallResult result,
      boolean failed,
      LongFunction<T> value) {
    if (failed) {
      call.fail(SgxException.call(phase, result));
    } else {
      call.succeed(value.apply(result.value()));
    }
  }
}
