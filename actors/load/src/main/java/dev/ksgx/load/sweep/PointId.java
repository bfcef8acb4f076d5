package dev.ksgx.load.sweep;

import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.study.Design;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a point is known by: a digest of all that determines its figures. */
final class PointId {
  private static final int BYTES = 8;

  /** Changed whenever the same point gives other figures or another line. */
  private static final int FORMAT = 1;

  private PointId() {}

  /** The version of the program that makes the figures, as its jar says it. */
  static String version() {
    String version = PointId.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  static String of(SweepPlan.Cell cell, Design design, Scenario scenario, int replications) {
    StringBuilder all = new StringBuilder();
    all.append(FORMAT).append('\n').append(version()).append('\n');
    all.append(design.name()).append('\n').append(replications).append('\n');
    all.append(cell.seed()).append('\n');
    cell.at().forEach((axis, value) -> all.append(axis).append('=').append(value).append('\n'));
    for (Scenario.Setting setting : scenario.settings()) {
      if (!setting.key().equals("description")) {
        all.append(setting.key()).append('=').append(setting.value()).append('\n');
      }
    }
    // The figures of a model's file are not among the settings.
    all.append(scenario.kernel().costs().figures());
    return HexFormat.of().formatHex(sha256(all.toString()), 0, BYTES);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
