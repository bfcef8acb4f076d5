package dev.ksgx.kernel.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.protocol.message.EpcMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An exception in an actor is a bug: nobody waits for ever, and everybody is told where. */
@Timeout(120)
class KernelFailureTest {
  static Stream<SgxKernel> kernels() {
    KernelConfig config = KernelConfig.preset(Preset.V5);
    return Stream.of(SgxKernel.start(config), SgxKernel.simulated(config, 5));
  }

  /** A frame that nobody holds is freed: the EPC manager throws. */
  private static <T> Operation<T> breakTheEpcManager() {
    return (gateway, call) ->
        gateway.doors().epc().tell(new EpcMessage.Free(List.of(1), EpcMessage.Use.PAGE));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void everyOpenCallFailsWithTheActorThatFailed(SgxKernel kernel) {
    AsyncKernel async = kernel.async();
    CompletionStage<Void> never = async.submit((gateway, call) -> {});
    CompletionStage<Void> breaking = async.submit(breakTheEpcManager());
    for (CompletionStage<Void> open : List.of(breaking, never)) {
      if (!(kernel instanceof SimulatedKernel)) {
        assertThat(open.toCompletableFuture()).failsWithin(Duration.ofSeconds(30));
      }
      KernelFailedException failed =
          catchThrowableOfType(KernelFailedException.class, () -> async.await(open));
      assertThat(failed).isNotNull();
      assertThat(failed.actor()).endsWith("/epc-manager");
      assertThat(failed).hasMessageContaining("epc-manager").hasMessageContaining("frame 1");
      assertThat(failed).hasCauseInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(kernel::process)
        .as("a later call")
        .isInstanceOf(KernelFailedException.class);
    kernel.close();
  }
}
