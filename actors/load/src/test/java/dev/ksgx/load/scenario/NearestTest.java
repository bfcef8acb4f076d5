package dev.ksgx.load.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> KEYS =
      List.of("load.processes", "load.rate", "load.seed", "machine.cores", "machine.ghz");

  @Test
  void distanceCountsInsertionsDeletionsAndSubstitutions() {
    assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    assertThat(Nearest.distance("rate", "rate")).isZero();
  }

  @Test
  void swappedNeighboursAreOneSlip() {
    assertThat(Nearest.distance("--sede", "--seed")).isEqualTo(1);
    assertThat(Nearest.of("--sede", List.of("--set", "--seed"))).isEqualTo("--seed");
  }

  @Test
  void mistypedKeyFindsItsNeighbour() {
    assertThat(Nearest.of("load.raet", KEYS)).isEqualTo("load.rate");
    assertThat(Nearest.of("machine.core", KEYS)).isEqualTo("machine.cores");
  }

  @Test
  void keyInTheWrongGroupIsFoundByItsLastPart() {
    assertThat(Nearest.of("ghz", KEYS)).isEqualTo("machine.ghz");
    assertThat(Nearest.of("kernel.processes", KEYS)).isEqualTo("load.processes");
  }

  @Test
  void nothingIsNearIfNothingIsKnown() {
    assertThat(Nearest.of("load.rate", List.of())).isEmpty();
  }
}
