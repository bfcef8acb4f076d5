package dev.ksgx.load.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ksgx.hardware.image.SampleEnclaves;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.load.scenario.Scenario;
import dev.ksgx.load.scenario.Scenarios;
import dev.ksgx.runtime.random.RandomStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawsTest {
  private static final int LAUNCHES = 40_000;
  private static final String MIX = "load.images=[{image=tiny,weight=3},{image=\"5 pages\"}]";

  @Test
  void imagesAreDrawnInProportionToTheirWeights() {
    long tiny = names(drawn(MIX)).stream().filter("tiny"::equals).count();
    assertThat((double) tiny)
        .isCloseTo(0.75 * LAUNCHES, within(4 * Math.sqrt(LAUNCHES * 3 / 16.0)));
  }

  @Test
  void signersAreDrawnEvenlyAndSignTheSameImage() {
    List<SignedEnclave> drawn = drawn("load.image=tiny", "load.signers=4");
    for (int signer = 0; signer < 4; signer++) {
      SignedEnclave expected = SampleEnclaves.tiny(signer);
      double times =
          drawn.stream()
              .filter(each -> each.sigStruct().mrsigner().equals(expected.sigStruct().mrsigner()))
              .count();
      assertThat(times).isCloseTo(LAUNCHES / 4.0, within(4 * Math.sqrt(LAUNCHES * 3 / 16.0)));
    }
    assertThat(drawn)
        .allMatch(each -> each.image().mrenclave().equals(drawn.get(0).image().mrenclave()));
  }

  @Test
  void drawsDependOnTheSeedAndNotOnTheDriver() {
    assertThat(names(drawn(MIX, "kernel.preset=mainline", "machine.cores=16")))
        .isEqualTo(names(drawn(MIX)));
    assertThat(names(drawn(draws(8, MIX)))).isNotEqualTo(names(drawn(MIX)));
  }

  @Test
  void anotherNumberOfSignersLeavesTheImagesAsTheyWere() {
    assertThat(names(drawn(MIX, "load.signers=3"))).isEqualTo(names(drawn(MIX)));
  }

  @Test
  void drawsOfAThreadInAClosedLoopDoNotDependOnWhoWasServedFirst() {
    Draws one = draws(7, MIX, "load.arrivals=closed", "load.signers=2");
    Draws other = draws(7, MIX, "load.arrivals=closed", "load.signers=2");
    List<SignedEnclave> ofFirst = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      ofFirst.add(one.draw(2 * i, 0).enclave());
      one.draw(2 * i + 1, 1).enclave();
    }
    for (int i = 0; i < 100; i++) {
      other.draw(i, 1).enclave();
    }
    for (int i = 0; i < 100; i++) {
      assertThat(other.draw(100 + i, 0).enclave()).isSameAs(ofFirst.get(i));
    }
  }

  @Test
  void replayedLaunchIsOfTheImageItNames(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("l.csv");
    Files.writeString(file, "0.1,5 pages\n0.1,tiny\n".repeat(10));
    Draws draws = draws(7, MIX, "load.arrivals=replay", "load.replay=\"" + file + "\"");
    for (int launch = 0; launch < 20; launch += 2) {
      assertThat(
              names(List.of(draws.draw(launch, 0).enclave(), draws.draw(launch + 1, 0).enclave())))
          .containsExactly("pages-5", "tiny");
    }
  }

  @Test
  void filesOfTheMixAreLaunchedWithTheirOwnSignature(@TempDir Path folder) throws IOException {
    SignedEnclave app = SampleEnclaves.tiny(2);
    Files.write(folder.resolve("app.sgxs"), app.image().toSgxs().toByteArray());
    Files.write(folder.resolve("app.sig"), app.sigStruct().bytes().toByteArray());
    Path scenario = folder.resolve("mix.conf");
    Files.writeString(
        scenario,
        "load { signers = 4, images = [{ enclave = app.sgxs, sigstruct = app.sig }, { image = small }] }");
    Scenario read = Scenarios.load(scenario.toString(), List.of(), OptionalLong.of(7));
    Draws draws = new Draws(read.load(), Targets.of(read.load().images()), new RandomStreams(7));
    List<SignedEnclave> ofFile =
        drawn(draws).stream().filter(each -> each.image().name().equals("app.sgxs")).toList();
    assertThat((double) ofFile.size())
        .isCloseTo(LAUNCHES / 2.0, within(4 * Math.sqrt(LAUNCHES) / 2));
    assertThat(ofFile).allMatch(each -> each.sigStruct().equals(app.sigStruct()));
    assertThat(ofFile.get(0).image().mrenclave()).isEqualTo(app.image().mrenclave());
  }

  @Test
  void givenEnclavesAreLaunchedInTurn() {
    List<SignedEnclave> given = List.of(SampleEnclaves.tiny(), SampleEnclaves.pages(5));
    Scenario scenario =
        Scenarios.load(Scenarios.DEFAULT, List.of("load.signers=4"), OptionalLong.of(7));
    Draws draws = new Draws(scenario.load(), Targets.inTurn(given), new RandomStreams(7));
    assertThat(
            names(
                List.of(
                    draws.draw(0, 0).enclave(),
                    draws.draw(1, 0).enclave(),
                    draws.draw(2, 0).enclave())))
        .containsExactly("tiny", "pages-5", "tiny");
  }

  private static List<String> names(List<SignedEnclave> enclaves) {
    return enclaves.stream().map(enclave -> enclave.image().name()).toList();
  }

  private static List<SignedEnclave> drawn(String... settings) {
    return drawn(draws(7, settings));
  }

  private static List<SignedEnclave> drawn(Draws draws) {
    List<SignedEnclave> drawn = new ArrayList<>();
    for (int launch = 0; launch < LAUNCHES; launch++) {
      drawn.add(draws.draw(launch, 0).enclave());
    }
    return drawn;
  }

  private static Draws draws(long seed, String... settings) {
    Scenario scenario = Scenarios.load(Scenarios.DEFAULT, List.of(settings), OptionalLong.of(seed));
    return new Draws(
        scenario.load(), Targets.of(scenario.load().images()), new RandomStreams(seed));
  }
}
