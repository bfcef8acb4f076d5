package dev.ksgx.hardware.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.testkit.Rig;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever was evicted in whatever order comes back as it was. */
class RoundTripTest {
  private final Rig rig = Rig.everything();
  private final SplittableRandom random = new SplittableRandom(20171113);
  private final List<EnclaveTemplate> templates =
      Stream.generate(() -> EnclaveTemplate.random(random)).limit(40).toList();

  @Test
  void tenThousandRandomEnclavesSurviveRandomSchedules() {
    assertThat(walk(10_000)).isGreaterThan(100_000);
  }

  private int walk(int enclaves) {
    int moves = 0;
    for (int i = 0; i < enclaves; i++) {
      RandomEnclave enclave = new RandomEnclave(rig, templates.get(i % templates.size()), i);
      int steps = 20 + enclave.random.nextInt(60);
      for (int step = 0; step < steps; step++) {
        enclave.step();
      }
      enclave.bringVersions();
      enclave.assertWhole();
      enclave.remove();
      moves += enclave.moves();
    }
    rig.assertNothingHeld();
    return moves;
  }
}
