package dev.ksgx.load.report;

/** Which version of the program makes the figures. */
public final class Version {
  private Version() {}

  /** As its jar says it; {@code development} outside one. */
  public static String running() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
