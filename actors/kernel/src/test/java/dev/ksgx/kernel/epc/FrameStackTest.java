package dev.ksgx.kernel.epc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Free frame numbers, last in first out, none ever twice. */
class FrameStackTest {
  @Test
  void aPoolOfAQuarterOfATebibyteIsThereAtOnce() {
    FrameStack stack = new FrameStack(1 << 26);
    assertThat(stack.size()).isEqualTo(1 << 26);
    assertThat(stack.pop()).isZero();
    assertThat(stack.pop()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 2, 3, 4})
  void aFrameThatIsNotInUseCannotComeBack(int frame) {
    FrameStack stack = new FrameStack(4);
    stack.pop();
    stack.pop();
    stack.push(0);
    assertThatThrownBy(() -> stack.push(frame))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("frame " + frame + " is freed but not in use");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aRandomWalkNeverGivesAFrameTwice(long seed) {
    int frames = 3_000;
    FrameStack stack = new FrameStack(frames);
    Random random = new Random(seed);
    List<Integer> taken = new ArrayList<>();
    for (int step = 0; step < 100_000; step++) {
      if (taken.isEmpty() || !stack.isEmpty() && random.nextInt(100) < 52) {
        taken.add(stack.pop());
      } else {
        stack.push(taken.remove(random.nextInt(taken.size())));
      }
      assertThat(stack.size() + taken.size()).isEqualTo(frames);
    }
    Set<Integer> different = new HashSet<>(taken);
    int[] rest = new int[stack.size()];
    Arrays.setAll(rest, i -> stack.pop());
    Arrays.stream(rest).forEach(different::add);
    assertThat(different).hasSize(frames);
    assertThat(stack.isEmpty()).isTrue();
  }
}
