package dev.ksgx.load.study;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a user asks for.
 *
 * @param kind what is compared
 * @param command what makes the report again
 * @param scenario the base; empty for the grid of machines and loads
 * @param settings {@code key=value}, over the base
 * @param seed replaces the base's
 * @param designs the first is the reference
 * @param full the large grid in place of the quick one
 * @param rule how many replications; empty for the usual
 */
public record StudyRequest(
    Kind kind,
    String command,
    Optional<String> scenario,
    List<String> settings,
    OptionalLong seed,
    List<Design> designs,
    boolean full,
    Optional<StopRule> rule) {

  /** What is compared. */
  public enum Kind {
    /** Designs on one base: only launch, hash source and MSR policy vary. */
    DESIGNS("launch designs on one base"),
    /** Historical bundles, in which everything varies at once. */
    BUNDLES("historical bundles as shipped, everything varies at once"),
    /** One axis after the other, each alone. */
    ABLATION("a bundle with one axis at a time taken from another; the last row is all of it");

    private final String inWords;

    Kind(String inWords) {
      this.inWords = inWords;
    }

    /** For titles. */
    public String inWords() {
      return inWords;
    }
  }
}
