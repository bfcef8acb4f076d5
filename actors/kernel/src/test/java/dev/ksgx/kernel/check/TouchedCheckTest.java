package dev.ksgx.kernel.check;

import static dev.ksgx.kernel.check.TwoEnclaves.array;
import static dev.ksgx.kernel.check.TwoEnclaves.frame;
import static dev.ksgx.kernel.check.TwoEnclaves.in;
import static dev.ksgx.kernel.check.TwoEnclaves.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the check of a larger machine remembers, and what it asks again. */
class TouchedCheckTest {
  private TwoEnclaves books;
  private EnclaveView first;
  private EnclaveView second;

  @BeforeEach
  void twoEnclavesThatDoNotFit() {
    books = new TwoEnclaves(2 * ConservationWatch.SMALL);
    first = books.first;
    second = books.second;
  }

  @AfterEach
  void close() {
    books.close();
  }

  /** The books of the enclave are gone, its frame is not in the pool yet. */
  @Test
  void aFrameOfAnEnclaveThatIsBeingReleasedIsStillItsOwn() {
    PageView mine = in(first);
    PageView other = in(second);
    books.inspection.closed(first.number());
    books.inspection.opened(
        TamperedEnclave.page(second, other.address(), page -> frame(page, mine.frame())));
    books.inspection.touched(second.number(), other.address());
    assertThatThrownBy(() -> books.rig.watch.afterMessage(7))
        .isInstanceOf(ViolationException.class)
        .hasMessage(
            "at 7 ns frame %d: holds %s and %s (a frame has one owner)"
                .formatted(mine.frame(), name(first, mine), name(second, other)));
  }

  /** The page was not touched and has moved on all the same: its old frame is another's now. */
  @Test
  void anOwnerThatHasMovedOnIsNoSecondOwner() {
    PageView mine = in(first);
    PageView other = in(second);
    EnclaveView moved = TamperedEnclave.page(first, mine.address(), page -> frame(page, -1));
    books.inspection.opened(moved);
    EnclaveView taken =
        TamperedEnclave.page(second, other.address(), page -> frame(page, mine.frame()));
    assertThat(books.after(taken, other.address()))
        .noneMatch(line -> line.contains(name(first, mine)))
        .noneMatch(line -> line.endsWith("(a frame has one owner)"));
  }

  /** Nothing announces that a version array has come but its frame, which is nobody's. */
  @Test
  void aVersionArrayThatComesIsFoundByItsFrame() {
    VersionArrayView real = array(first);
    EnclaveView without =
        new TamperedEnclave(first) {
          @Override
          public void forEachVersionArray(Consumer<VersionArrayView> visit) {
            // none yet
          }
        };
    assertThat(books.afterTouch(real.frame(), without)).isEmpty();
    PageView other = in(second);
    EnclaveView both =
        new TamperedEnclave(first) {
          @Override
          public void forEachVersionArray(Consumer<VersionArrayView> visit) {
            visit.accept(real);
            visit.accept(new VersionArrayView(other.frame(), -1, false));
          }
        };
    assertThat(books.after(both))
        .anyMatch(
            line ->
                line.startsWith("frame %d: holds ".formatted(other.frame()))
                    && line.endsWith("(a frame has one owner)"));
  }
}
