package dev.ksgx.load.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import dev.ksgx.hardware.image.ModelKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is launched, checked.
 *
 * @param shares at least one
 * @param signers that sign each embedded image
 */
public record ImageMix(List<Share> shares, int signers) {
  public ImageMix {
    shares = List.copyOf(shares);
  }

  /** An image and how often it is launched. */
  public sealed interface Share {
    /** As the scenario names it. */
    String name();

    /** Launches of it, in proportion to the other weights; above 0. */
    double weight();
  }

  /** {@code tiny}, {@code small}, {@code pages-75} or {@code N pages}. */
  public record Embedded(String name, double weight) implements Share {}

  /**
   * An enclave in files, which exist.
   *
   * @param name the value of {@code enclave}
   * @param sgxs its image
   * @param sigStruct its signature
   */
  public record OfFiles(String name, Path sgxs, Path sigStruct, double weight) implements Share {}

  private static final List<String> KEYS = List.of("image", "enclave", "sigstruct", "weight");
  private static final int MAX_WEIGHT = 1_000_000;
  private static final String LIST =
      "a list such as [{ image = tiny, weight = 3 }, { enclave = \"F.sgxs\", sigstruct = \"F.sig\" }]";
  private static final String IMAGE =
      "tiny, small, pages-75 or a number of pages from 4 to 100000 (\"200 pages\")";

  /** The names in the order of the shares. */
  List<String> names() {
    return shares.stream().map(Share::name).toList();
  }

  /** The share of that name, or -1. */
  int indexOf(String name) {
    return names().indexOf(name);
  }

  /**
   * Reads {@code load.image}, {@code load.images} and {@code load.signers}.
   *
   * @throws ScenarioException naming the key, its value, its place and what would be right
   */
  static ImageMix from(Config config) {
    Values load = new Values(config, "load");
    int signers = load.count("signers", 1, ModelKeys.SIGNERS);
    List<Share> shares = new ArrayList<>();
    Set<List<Object>> known = new LinkedHashSet<>();
    for (ConfigObject each : listed(config, load)) {
      Share share = share(each);
      if (!known.add(what(share))) {
        throw new ScenarioException(
            KeyCheck.place(each)
                + "load.images: "
                + share.name()
                + " is given twice; give it once, with the sum of the weights");
      }
      shares.add(share);
    }
    if (shares.isEmpty()) {
      shares.add(new Embedded(image(load, "image"), 1));
    } else {
      refuseSingle(config, load);
    }
    if (signers > 1 && shares.stream().noneMatch(Embedded.class::isInstance)) {
      throw load.refused("signers", "1: files bring their own signatures");
    }
    return new ImageMix(shares, signers);
  }

  private static List<Object> what(Share share) {
    return share instanceof OfFiles files
        ? List.of(files.sgxs(), files.sigStruct())
        : List.of(share.name());
  }

  private static List<? extends ConfigObject> listed(Config config, Values load) {
    try {
      return config.getObjectList("load.images");
    } catch (ConfigException e) {
      throw load.refused("images", LIST);
    }
  }

  /** Said where the list is said, or over it, the single image would have no effect. */
  private static void refuseSingle(Config config, Values load) {
    if (load.isOfReference("image")) {
      return;
    }
    String single = KeyCheck.file(config.getValue("load.image").origin());
    String list = KeyCheck.file(config.getValue("load.images").origin());
    if (single.equals(list) || single.equals(Scenarios.COMMAND_LINE)) {
      throw load.refused("image", "left out, or load.images must be []: the list takes its place");
    }
  }

  private static Share share(ConfigObject each) {
    for (String key : each.keySet()) {
      if (!KEYS.contains(key)) {
        throw new ScenarioException(
            KeyCheck.place(each.get(key))
                + "unknown key load.images."
                + key
                + "; the nearest known key is load.images."
                + Nearest.of(key, KEYS));
      }
    }
    Values values = new Values(each.atPath("load.images"), "load.images");
    double weight =
        each.containsKey("weight") ? values.positive("weight", MAX_WEIGHT, "a share") : 1;
    boolean ofFiles = each.containsKey("enclave") && each.containsKey("sigstruct");
    if (each.containsKey("image") && each.size() == (each.containsKey("weight") ? 2 : 1)) {
      return new Embedded(image(values, "image"), weight);
    }
    if (!ofFiles || each.containsKey("image")) {
      throw new ScenarioException(
          KeyCheck.place(each)
              + "load.images: each must have either image, or enclave and sigstruct");
    }
    return new OfFiles(
        values.text("enclave"),
        values.file("enclave", "an SGXS file"),
        values.file("sigstruct", "a SIGSTRUCT file"),
        weight);
  }

  private static String image(Values values, String key) {
    String text = values.text(key).trim();
    if (List.of("tiny", "small", "pages-75").contains(text)) {
      return text;
    }
    if (text.matches("[0-9]{1,6} +pages")) {
      int pages = Integer.parseInt(text.substring(0, text.indexOf(' ')));
      if (pages >= 4 && pages <= 100_000) {
        return pages + " pages";
      }
    }
    throw values.refused(key, IMAGE);
  }
}
