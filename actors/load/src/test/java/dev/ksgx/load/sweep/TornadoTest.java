package dev.ksgx.load.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What outcomes of known functions depend on. */
class TornadoTest {
  private static final int SAMPLES = 300;
  private static final List<String> NAMES = List.of("strong", "weak", "idle", "choice");

  private static final List<Input> INPUTS =
      List.of(
          ranging("strong"),
          ranging("weak"),
          ranging("idle"),
          Input.choosing("choice", "driver", "", "x.y", Input.values("x.y", List.of("a", "b"))));

  private static Input ranging(String name) {
    return Input.ranging(
        name, "cost", "", List.of(new Input.Range("x." + name, 0, 1, false, false)));
  }

  private static Tornado of(ToDoubleFunction<double[]> function) {
    double[][] levels = LatinHypercube.levels(3, NAMES, SAMPLES);
    List<Double> values = new ArrayList<>();
    for (double[] sample : levels) {
      values.add(function.applyAsDouble(sample));
    }
    return Tornado.of("outcome", INPUTS, levels, values);
  }

  private static Tornado.Factor factor(Tornado tornado, String name) {
    return tornado.factors().stream()
        .filter(each -> each.input().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theInputThatDominatesIsFirstAndTheOneThatDoesNothingIsNotSignificant() {
    Tornado tornado = of(x -> 10 * x[0] + 2 * x[1]);
    assertThat(tornado.factors().get(0).input()).isEqualTo("strong");
    assertThat(tornado.factors().get(1).input()).isEqualTo("weak");
    assertThat(factor(tornado, "strong").significant()).isTrue();
    assertThat(factor(tornado, "weak").significant()).isTrue();
    assertThat(factor(tornado, "idle").significant()).isFalse();
    assertThat(factor(tornado, "choice").significant()).isFalse();
    // Thirds of a uniform variable hold 8/9 of its variance between them; 100 : 4.
    assertThat(factor(tornado, "strong").explained()).isCloseTo(8.0 / 9 * 100 / 104, within(0.03));
    assertThat(tornado.mean()).isCloseTo(6, within(0.01));
    List<Tornado.Group> thirds = factor(tornado, "strong").groups();
    assertThat(thirds.get(2).mean() - thirds.get(0).mean()).isCloseTo(10 * 2.0 / 3, within(0.3));
    assertThat(thirds).extracting(Tornado.Group::samples).containsExactly(100, 100, 100);
  }

  @Test
  void anInputThatIsWorstInTheMiddleOrAChoiceIsFoundToo() {
    Tornado bump = of(x -> Math.abs(x[0] - 0.5) + 0.01 * x[1]);
    assertThat(bump.factors().get(0).input()).isEqualTo("strong");
    assertThat(factor(bump, "strong").significant()).isTrue();
    Tornado choice = of(x -> x[3] < 0.5 ? 1 : 0);
    assertThat(choice.factors().get(0).input()).isEqualTo("choice");
    assertThat(choice.factors().get(0).explained()).isEqualTo(1);
    assertThat(choice.factors().get(0).groups())
        .extracting(Tornado.Group::mean)
        .containsExactly(1.0, 0.0);
  }

  @Test
  void nothingIsSaidOfAConstantNorOfFewSamples() {
    assertThat(of(x -> 0.1).factors()).allMatch(each -> each.explained() == 0);
    assertThat(of(x -> 0.1).factors()).noneMatch(Tornado.Factor::significant);
    double[][] levels = LatinHypercube.levels(3, NAMES, 4);
    List<Double> values = new ArrayList<>();
    for (double[] sample : levels) {
      values.add(sample[0]);
    }
    assertThat(Tornado.of("few", INPUTS, levels, values).factors())
        .noneMatch(Tornado.Factor::significant);
    List<String> many = IntStream.range(0, 40).mapToObj(String::valueOf).toList();
    Input alone = Input.choosing("alone", "driver", "", "x.y", Input.values("x.y", many));
    double[][] each = new double[40][1];
    List<Double> different = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      each[i][0] = Input.levelOf(i, 40);
      different.add((double) i);
    }
    assertThat(Tornado.of("a group a sample", List.of(alone), each, different).factors())
        .noneMatch(Tornado.Factor::significant);
    values.set(0, null);
    assertThat(Tornado.of("fewer", INPUTS, levels, values).samples()).isEqualTo(3);
  }
}
