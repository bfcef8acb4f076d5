package dev.ksgx.load.statistics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Books the launches of a mix by what is launched: those planned in the measured window, as {@link
 * LaunchLedger} counts them.
 */
public final class ImageLedger {
  /**
   * Launches of one image.
   *
   * @param planned in the window
   * @param failed those of them that failed before it closed
   * @param latency planned start to end of those of them that succeeded before it closed
   */
  public record Figures(long planned, long failed, Distribution latency) {}

  private static final class OfImage {
    private final Distribution latency = new Distribution();
    private long planned;
    private long failed;
  }

  private final List<OfImage> images = new ArrayList<>();

  /** Image of each launch that was planned in the window and has not ended. */
  private final Map<Long, OfImage> open = new HashMap<>();

  private boolean isOpen;

  /**
   * @param count of images
   */
  public ImageLedger(int count) {
    for (int image = 0; image < count; image++) {
      images.add(new OfImage());
    }
  }

  /** Warm-up is over: launches planned from here on count. */
  public void openWindow() {
    isOpen = true;
  }

  /**
   * A launch is planned.
   *
   * @param image number of what it launches, from 0
   */
  public void planned(long number, int image) {
    if (isOpen) {
      OfImage ofImage = images.get(image);
      ofImage.planned++;
      open.put(number, ofImage);
    }
  }

  /** A launch ended. */
  public void ended(Launch launch) {
    OfImage ofImage = open.remove(launch.number());
    if (ofImage == null) {
      return;
    }
    if (launch.succeeded()) {
      ofImage.latency.record(launch.latencyNanos());
    } else {
      ofImage.failed++;
    }
  }

  /** One an image, in their order. */
  public List<Figures> figures() {
    return images.stream()
        .map(image -> new Figures(image.planned, image.failed, image.latency.copy()))
        .toList();
  }
}
