package dev.ksgx.runtime.virtual;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("both-jdks")
class DeterminismTest {
  private static final int CUSTOMERS = 25;

  /** Computed once on JDK 17; every JDK must agree. Changes only with what the digest covers. */
  private static final String GOLDEN =
      "ddbaf985706761d5a5ac20e2a13a32272faeae8c2e2178cf27af3174388018ca";

  private static String run(long seed, List<String> log) {
    VirtualOptions options = VirtualOptions.seed(seed).withDigest(true);
    try (var system =
        VirtualSystem.create(Bazaar.guardian(CUSTOMERS, log::add), "bazaar", options)) {
      RunResult result = system.runToQuiescence().orThrow();
      assertThat(result.outcome()).isEqualTo(Outcome.QUIESCENT);
      assertThat(log).hasSize(6 * CUSTOMERS);
      return system.digest();
    }
  }

  private static String run(long seed) {
    return run(seed, new ArrayList<>());
  }

  @Test
  void oneSeedGivesOneDigestTwentyTimes() {
    String first = run(7);
    for (int i = 1; i < 20; i++) {
      assertThat(run(7)).isEqualTo(first);
    }
    assertThat(run(8)).isNotEqualTo(first);
  }

  @Test
  void theDigestIsTheSameOnEveryJdk() {
    assertThat(run(7)).isEqualTo(GOLDEN);
  }

  @Test
  void watchersOfOneActorLearnOfItsEndInTheOrderOfTheirPathsWhateverTheirHash() {
    for (int i = 0; i < 5; i++) {
      List<String> log = new ArrayList<>();
      run(7, log);
      for (int end = 0; end < CUSTOMERS; end++) {
        String buyer = log.get(6 * end).substring("gossip-0 saw ".length());
        for (int gossip = 0; gossip < 6; gossip++) {
          assertThat(log.get(6 * end + gossip)).isEqualTo("gossip-" + gossip + " saw " + buyer);
        }
      }
    }
  }

  @Test
  void systemsInParallelUnderAHammeredCommonPoolGiveTheirSoloDigests() throws Exception {
    String solo7 = run(7);
    String solo8 = run(8);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong hammered = new AtomicLong();
    Thread hammer =
        new Thread(
            () -> {
              while (!stop.get()) {
                ForkJoinPool.commonPool().submit(hammered::incrementAndGet).join();
              }
            },
            "hammer");
    ExecutorService drivers = Executors.newFixedThreadPool(2);
    hammer.start();
    try {
      for (int i = 0; i < 5; i++) {
        Callable<String> seven = () -> run(7);
        Callable<String> eight = () -> run(8);
        Future<String> digest7 = drivers.submit(seven);
        Future<String> digest8 = drivers.submit(eight);
        assertThat(digest7.get()).isEqualTo(solo7);
        assertThat(digest8.get()).isEqualTo(solo8);
      }
    } finally {
      stop.set(true);
      hammer.join();
      drivers.shutdown();
    }
    assertThat(hammered.get()).isPositive();
  }
}
