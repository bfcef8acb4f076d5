package dev.ksgx.kernel.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.kernel.launch.TokenRequest;
import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The token cache against a list that is as simple as can be. */
class TokenCacheTest {
  private static TokenKey key(int identity, int signer, long flags, int cpuSvn) {
    return new TokenKey(
        new TokenRequest(
            Bytes.zeros(32).with(0, number(identity)),
            Bytes.zeros(32).with(0, number(signer)),
            new Attributes(flags, 3)),
        Bytes.zeros(16).with(0, number(cpuSvn)));
  }

  private static Bytes number(int value) {
    return Bytes.copyOf(new byte[] {(byte) value, (byte) (value >> 8)});
  }

  private static Bytes token(int number) {
    return Bytes.zeros(304).with(0, number(number));
  }

  @Test
  void eachOfTheFourPartsOfTheKeyCounts() {
    TokenCache cache = new TokenCache(16, 0, new TokenCache.Counts());
    cache.keep(key(1, 1, 4, 1), token(7), 0);
    assertThat(cache.find(key(1, 1, 4, 1), 0)).isEqualTo(token(7));
    assertThat(cache.find(key(2, 1, 4, 1), 0)).isNull();
    assertThat(cache.find(key(1, 2, 4, 1), 0)).isNull();
    assertThat(cache.find(key(1, 1, 6, 1), 0)).isNull();
    assertThat(cache.find(key(1, 1, 4, 2), 0)).isNull();
  }

  @Test
  void aTokenLivesUntilItsExpiryAndNoLonger() {
    TokenCache.Counts counts = new TokenCache.Counts();
    TokenCache cache = new TokenCache(16, 100, counts);
    cache.keep(key(1, 1, 4, 1), token(1), 1_000);
    assertThat(cache.find(key(1, 1, 4, 1), 1_099)).isNotNull();
    assertThat(cache.find(key(1, 1, 4, 1), 1_100)).isNull();
    assertThat(cache.size()).isZero();
    assertThat(counts.expired).isEqualTo(1);
    assertThat(counts.misses).isEqualTo(1);
  }

  /** Most recent first. */
  private static final class Reference {
    private record Kept(TokenKey key, Bytes token, long madeNanos) {}

    final List<Kept> line = new ArrayList<>();
    long hits;
    long misses;
    long evicted;
    long expired;

    Bytes find(TokenKey key, long now, long expiry) {
      for (Kept kept : List.copyOf(line)) {
        if (kept.key().equals(key)) {
          line.remove(kept);
          if (expiry > 0 && now - kept.madeNanos() >= expiry) {
            expired++;
            break;
          }
          line.add(0, kept);
          hits++;
          return kept.token();
        }
      }
      misses++;
      return null;
    }

    void keep(TokenKey key, Bytes token, long now, int capacity) {
      line.removeIf(kept -> kept.key().equals(key));
      line.add(0, new Kept(key, token, now));
      while (line.size() > capacity) {
        line.remove(line.size() - 1);
        evicted++;
      }
    }
  }

  @Test
  void aWalkOfFindsAndKeepsGivesWhatTheReferenceGives() {
    for (int seed = 1; seed <= 20; seed++) {
      RandomStream random = new RandomStreams(seed).stream("walk");
      int capacity = 1 + (int) (random.nextDouble() * 12);
      long expiry = seed % 2 == 0 ? 0 : 40;
      TokenCache.Counts counts = new TokenCache.Counts();
      TokenCache cache = new TokenCache(capacity, expiry, counts);
      Reference reference = new Reference();
      long now = 0;
      for (int step = 0; step < 2_000; step++) {
        now += (long) (random.nextDouble() * 5);
        TokenKey key = key((int) (random.nextDouble() * 16), 1, 4, 1);
        Bytes found = cache.find(key, now);
        assertThat(found)
            .as("seed %d step %d", seed, step)
            .isEqualTo(reference.find(key, now, expiry));
        if (found == null && random.nextDouble() < 0.9) {
          cache.keep(key, token(step), now);
          reference.keep(key, token(step), now, capacity);
        }
        assertThat(cache.size()).isEqualTo(reference.line.size());
      }
      assertThat(List.of(counts.hits, counts.misses, counts.evicted, counts.expired))
          .isEqualTo(
              List.of(reference.hits, reference.misses, reference.evicted, reference.expired));
      assertThat(counts.evicted + counts.expired).as("the walk sees something").isPositive();
    }
  }
}
