package dev.ksgx.runtime.random;

/**
 * One random stream: xoshiro256++ (Blackman and Vigna, 2019), period 2^256 - 1. Owned by one actor;
 * not safe for use by several threads. Every method is specified to the bit, so results are the
 * same on all JDKs.
 */
public final class RandomStream {
  private long s0;
  private long s1;
  private long s2;
  private long s3;

  RandomStream(long s0, long s1, long s2, long s3) {
    if ((s0 | s1 | s2 | s3) == 0) {
      throw new IllegalArgumentException("xoshiro256++ needs a state other than zero");
    }
    this.s0 = s0;
    this.s1 = s1;
    this.s2 = s2;
    this.s3 = s3;
  }

  /** 64 uniform bits. */
  public long nextLong() {
    long result = Long.rotateLeft(s0 + s3, 23) + s0;
    long t = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = Long.rotateLeft(s3, 45);
    return result;
  }

  /**
   * Uniform in [0, bound), without bias (Lemire's multiply and reject, on the upper 32 bits).
   *
   * @throws IllegalArgumentException if bound is not positive
   */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive: " + bound);
    }
    long product = (nextLong() >>> 32) * bound;
    long low = product & 0xFFFF_FFFFL;
    if (low < bound) {
      long threshold = (1L << 32) % bound;
      while (low < threshold) {
        product = (nextLong() >>> 32) * bound;
        low = product & 0xFFFF_FFFFL;
      }
    }
    return (int) (product >>> 32);
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /**
   * Exponentially distributed with that mean (in the unit of the mean), by inversion with {@link
   * StrictMath#log}.
   */
  public double exponential(double mean) {
    return -mean * StrictMath.log(1.0 - nextDouble());
  }
}
