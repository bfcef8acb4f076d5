package dev.ksgx.load.sweep;

import dev.ksgx.kernel.policy.WhiteList;
import dev.ksgx.load.report.Version;
import dev.ksgx.load.scenario.ImageMix;
import dev.ksgx.load.scenario.Replay;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.ScenarioException;
import dev.ksgx.load.study.Design;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a point is known by: a digest of all that determines its figures, contents of files
 * included.
 */
final class PointId {
  private static final int BYTES = 8;

  /** Changed whenever the same point gives other figures or another line. */
  private static final int FORMAT = 2;

  private final int replications;

  /** Every point of a sweep may name the same large image: it is read once. */
  private final Map<Path, String> files = new LinkedHashMap<>();

  PointId(int replications) {
    this.replications = replications;
  }

  /**
   * The id of a design in a cell.
   *
   * @param scenario the design's there
   * @param reference the first design's there: where the load is a share of what it can do, all
   *     that it is decides the rate of every other
   * @throws ScenarioException if a file that they name cannot be read
   */
  String of(SweepPlan.Cell cell, Design design, Scenario scenario, Scenario reference) {
    StringBuilder all = new StringBuilder();
    all.append(FORMAT).append('\n').append(Version.running()).append('\n');
    all.append(design.name()).append('\n').append(replications).append('\n');
    all.append(cell.seed()).append('\n');
    cell.at().forEach((axis, value) -> all.append(axis).append('=').append(value).append('\n'));
    describe(scenario, all);
    if (cell.load().isPresent()) {
      describe(reference, all);
    }
    MessageDigest digest = sha256();
    digest.update(all.toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
  }

  private void describe(Scenario scenario, StringBuilder all) {
    for (Scenario.Setting setting : scenario.settings()) {
      if (!setting.key().equals("description")) {
        all.append(setting.key()).append('=').append(setting.value()).append('\n');
      }
    }
    // What the files hold that they name is not among the settings.
    all.append(scenario.kernel().costs().figures()).append('\n');
    all.append(replay(scenario.load().replay())).append('\n');
    for (Path file : named(scenario)) {
      all.append(files.computeIfAbsent(file, PointId::contents)).append('\n');
    }
    if (scenario.kernel().launch().userLe().policy() instanceof WhiteList list) {
      all.append(list.digest().hex()).append('\n');
    }
  }

  private static List<Path> named(Scenario scenario) {
    List<Path> named = new ArrayList<>();
    for (ImageMix.Share share : scenario.load().images().shares()) {
      if (share instanceof ImageMix.OfFiles files) {
        named.add(files.sgxs());
        named.add(files.sigStruct());
      }
    }
    return named;
  }

  private static String replay(Replay replay) {
    MessageDigest digest = sha256();
    ByteBuffer launch = ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES);
    for (int i = 0; i < replay.launches(); i++) {
      launch.clear().putLong(replay.nanos(i)).putInt(replay.image(i)).putInt(replay.process(i));
      digest.update(launch.array());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String contents(Path file) {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new ScenarioException(file + ": cannot be read: " + e.getMessage(), e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
