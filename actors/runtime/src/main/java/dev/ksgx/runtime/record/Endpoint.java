package dev.ksgx.runtime.record;

/** One incarnation of an actor as the recorder knows it. */
public final class Endpoint {
  private final int number;
  private final String path;

  Endpoint(int number, String path) {
    this.number = number;
    this.path = path;
  }

  /** Small and dense, in order of creation within the system; for tables of sinks. */
  public int number() {
    return number;
  }

  /** Path without address and uid, e.g. {@code /user/device/encl-17}. */
  public String path() {
    return path;
  }

  /** Whether it belongs to Akka itself ({@code /system}). */
  public boolean isSystem() {
    return path.startsWith("/system");
  }

  @Override
  public String toString() {
    return path;
  }
}
