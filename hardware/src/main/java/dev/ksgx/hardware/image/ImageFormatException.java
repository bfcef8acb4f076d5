package dev.ksgx.hardware.image;

import java.io.IOException;

/** A file that is not what it should be. The message is one line: where, what, what is expected. */
public final class ImageFormatException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param where file, and the place in it
   * @param problem what is there and what is expected instead
   */
  public ImageFormatException(String where, String problem) {
    super(where + ": " + problem);
  }
}
