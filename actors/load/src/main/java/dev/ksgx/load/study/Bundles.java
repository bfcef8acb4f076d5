package dev.ksgx.load.study;

import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.LaunchDesign;
import dev.ksgx.kernel.config.Paging;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.load.scenario.Nearest;
import dev.ksgx.load.scenario.ScenarioException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The historical bundles as designs, and what lies between two of them. */
public final class Bundles {
  /** What a bundle leaves to itself, whatever the base scenario says. */
  private static final String AS_SHIPPED =
      """
      kernel {
        launch = preset, hash-source = preset, msr = preset, token-from-user = preset
        kernel-le.channel = preset
        add = preset, reclaim = preset, pte = preset, ioctls = preset, bugs = as-shipped
      }
      """;

  private Bundles() {}

  /**
   * Bundles as they were shipped, with their bugs.
   *
   * @throws ScenarioException if a name is not that of a preset, or is given twice
   */
  public static List<Design> named(List<String> presets) {
    List<Design> designs = new ArrayList<>();
    for (String name : presets) {
      Design design = asShipped(preset(name.trim()));
      if (designs.contains(design)) {
        throw new ScenarioException("preset " + name.trim() + " is given twice");
      }
      designs.add(design);
    }
    return designs;
  }

  /**
   * A bundle, the same with one axis after the other taken from a second bundle, each axis alone,
   * and the second bundle itself. Axes on which the two agree are left out.
   *
   * @param fromTo such as {@code v5:mainline}
   * @throws ScenarioException if that is not two different presets
   */
  public static List<Design> between(String fromTo) {
    String[] names = fromTo.split(":", -1);
    if (names.length != 2 || names[0].isBlank() || names[1].isBlank()) {
      throw new ScenarioException(
          "--ablate " + fromTo + ": must be two presets such as v5:mainline");
    }
    Preset from = preset(names[0].trim());
    Preset to = preset(names[1].trim());
    if (from == to) {
      throw new ScenarioException("--ablate " + fromTo + ": the two presets are the same");
    }
    Design first = asShipped(from);
    List<Design> designs = new ArrayList<>(List.of(first));
    designs.addAll(steps(first, from, to));
    designs.add(asShipped(to));
    return designs;
  }

  private static List<Design> steps(Design first, Preset from, Preset to) {
    List<Design> steps = new ArrayList<>();
    if (!from.launch().equals(to.launch())) {
      steps.add(step(first, to, "launch", launch(to.launch())));
    }
    if (from.add() != to.add()) {
      steps.add(step(first, to, "add", "kernel.add = " + to.add().key()));
    }
    Paging old = from.paging();
    Paging paging = to.paging();
    if (old.reclaim() != paging.reclaim()) {
      steps.add(step(first, to, "reclaim", "kernel.reclaim = " + paging.reclaim().key()));
    }
    if (old.pte() != paging.pte()) {
      steps.add(step(first, to, "pte", "kernel.pte = " + paging.pte().key()));
    }
    if (from.ioctls() != to.ioctls()) {
      steps.add(step(first, to, "ioctls", "kernel.ioctls = " + to.ioctls().key()));
    }
    if (!Bugs.asShipped(from).equals(Bugs.asShipped(to))) {
      String ids = String.join(", ", Bugs.asShipped(to).ids());
      steps.add(step(first, to, "bugs", "kernel.bugs = [" + ids + "]"));
    }
    return steps;
  }

  private static String launch(LaunchDesign design) {
    return """
    kernel {
      launch = %s, hash-source = %s, msr = %s, token-from-user = %s, kernel-le.channel = %s
    }
    """
        .formatted(
            design.tokens().key(),
            design.hashSource().key(),
            design.msr().key(),
            design.tokenFromUser() ? "on" : "off",
            design.kernelLe().channel().key());
  }

  private static Design step(Design first, Preset to, String axis, String keys) {
    Design step =
        Design.of(
            first.name() + "+" + axis,
            first.name() + " as shipped, but with the " + axis + " of " + to.key(),
            keys);
    return new Design(step.name(), step.description(), step.keys().withFallback(first.keys()));
  }

  private static Design asShipped(Preset preset) {
    return Design.of(
        preset.key(),
        "historical bundle " + preset.key() + " as shipped",
        AS_SHIPPED + "kernel.preset = " + preset.key());
  }

  private static Preset preset(String name) {
    List<String> known = Arrays.stream(Preset.values()).map(Preset::key).toList();
    if (!known.contains(name)) {
      throw new ScenarioException(
          (name.isEmpty()
                  ? "a preset has no name"
                  : "unknown preset " + name + "; the nearest is " + Nearest.of(name, known))
              + "; presets are "
              + String.join(", ", known));
    }
    return Preset.values()[known.indexOf(name)];
  }
}
