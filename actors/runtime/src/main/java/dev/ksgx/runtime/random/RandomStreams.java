package dev.ksgx.runtime.random;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Random streams by name. The start of a stream depends on (seed, name) alone, never on which other
 * streams exist or in which order they were asked for, so a new random element in a model leaves
 * the chances of the others as they were (common random numbers).
 *
 * <p>The four state words are SHA-256 over the seed (8 bytes, big-endian) and the name (UTF-8),
 * read big-endian. Each call gives a stream from its start: whoever owns a name asks for it once.
 */
public final class RandomStreams {
  private final long seed;

  public RandomStreams(long seed) {
    this.seed = seed;
  }

  public long seed() {
    return seed;
  }

  /** The stream of that name, from its start. */
  public RandomStream stream(String name) {
    MessageDigest sha = sha256();
    sha.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
    ByteBuffer state = ByteBuffer.wrap(sha.digest(name.getBytes(StandardCharsets.UTF_8)));
    return new RandomStream(state.getLong(), state.getLong(), state.getLong(), state.getLong());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
