package dev.ksgx.kernel.embed;

import dev.ksgx.protocol.message.KernelMessage;
import java.util.function.Function;

/** The machine's sleep and waking up. */
final class Sleep {
  private Sleep() {}

  static Operation<Integer> suspend() {
    return (gateway, call) ->
        gateway
            .kernel()
            .tell(
                new KernelMessage.Suspend(
                    gateway.newRequest(),
                    changed(
                        gateway,
                        SgxException.Phase.SUSPEND,
                        call,
                        KernelMessage.PowerChanged::enclaves),
                    gateway.self()));
  }

  static Operation<Void> resume() {
    return (gateway, call) ->
        gateway
            .kernel()
            .tell(
                new KernelMessage.Resume(
                    changed(gateway, SgxException.Phase.RESUME, call, awake -> null),
                    gateway.self()));
  }

  private static <T> long changed(
      Gateway gateway,
      SgxException.Phase phase,
      OpenCall<T> call,
      Function<KernelMessage.PowerChanged, T> value) {
    return gateway
        .calls()
        .<KernelMessage.PowerChanged>expect(
            changed -> {
              if (changed.result().isZero()) {
                call.succeed(value.apply(changed));
              } else {
                call.fail(SgxException.call(phase, changed.result()));
              }
            });
  }
}
