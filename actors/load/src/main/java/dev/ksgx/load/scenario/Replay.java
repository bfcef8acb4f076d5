package dev.ksgx.load.scenario;

/**
 * Launches that were written down, in the order of their times.
 *
 * <p>Arrays, since there may be millions of them; nobody changes them.
 */
public final class Replay {
  /** No launch: what a plan has that replays nothing. */
  static final Replay NONE = new Replay(new long[0], new int[0], new int[0]);

  /** No image or process is given: it is drawn. */
  public static final int DRAWN = -1;

  private final long[] nanos;
  private final int[] images;
  private final int[] processes;

  Replay(long[] nanos, int[] images, int[] processes) {
    this.nanos = nanos;
    this.images = images;
    this.processes = processes;
  }

  /** Number of launches. */
  public int launches() {
    return nanos.length;
  }

  /**
   * When launch {@code launch} (from 0) is planned, in nanoseconds from the beginning of the load.
   */
  public long nanos(int launch) {
    return nanos[launch];
  }

  /** The share of {@link ImageMix} that it launches, from 0; -1: it is drawn. */
  public int image(int launch) {
    return images[launch];
  }

  /** Its process, from 0; -1: it is drawn. */
  public int process(int launch) {
    return processes[launch];
  }

  /** Whether any launch says what its image is. */
  public boolean namesImages() {
    for (int image : images) {
      if (image != DRAWN) {
        return true;
      }
    }
    return false;
  }
}
