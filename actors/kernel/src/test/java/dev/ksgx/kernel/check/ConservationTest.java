package dev.ksgx.kernel.check;

import static dev.ksgx.kernel.check.TwoEnclaves.any;
import static dev.ksgx.kernel.check.TwoEnclaves.frame;
import static dev.ksgx.kernel.check.TwoEnclaves.in;
import static dev.ksgx.kernel.check.TwoEnclaves.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.paging.HeapEnclave;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Books of a real machine, at rest with pages in and out, in which one entry about frames, counts
 * or an enclave is falsified: caught by the check after the message, whether that is of everything
 * or, on the larger machine, of what was touched.
 */
@ParameterizedClass
@ValueSource(ints = {ConservationWatch.SMALL, 2 * ConservationWatch.SMALL})
class ConservationTest {
  @Parameter private int frames;

  private TwoEnclaves books;
  private Inspection inspection;
  private EnclaveView first;
  private EnclaveView second;

  @BeforeEach
  void twoEnclavesThatDoNotFit() {
    books = new TwoEnclaves(frames);
    inspection = books.inspection;
    first = books.first;
    second = books.second;
  }

  @AfterEach
  void close() {
    books.close();
  }

  @Test
  void aFrameOfTwoEnclavesIsNamed() {
    PageView mine = in(first);
    PageView other = in(second);
    EnclaveView tampered =
        TamperedEnclave.page(first, mine.address(), page -> frame(page, other.frame()));
    assertThat(books.after(tampered, mine.address()))
        .anyMatch(
            line ->
                line.startsWith("frame %d: holds ".formatted(other.frame()))
                    && line.contains(name(first, mine))
                    && line.contains(name(second, other))
                    && line.endsWith(" (a frame has one owner)"))
        .anyMatch(
            line ->
                line.startsWith(
                    "frame %d: should hold %s and holds PT_"
                        .formatted(other.frame(), name(first, mine))));
  }

  @Test
  void aFrameOfTwoPagesOfOneEnclaveIsNamed() {
    PageView mine = in(first);
    PageView other = any(first, page -> page.isResident() && page.frame() != mine.frame());
    EnclaveView tampered =
        TamperedEnclave.page(first, other.address(), page -> frame(page, mine.frame()));
    assertThat(books.after(tampered, other.address()))
        .contains(
            "frame %d: holds %s and %s (a frame has one owner)"
                .formatted(mine.frame(), name(first, mine), name(first, other)));
  }

  @Test
  void twoPagesThatAreInEachOthersFrameAreNamed() {
    PageView mine = in(first);
    PageView other = any(first, page -> page.isResident() && page.frame() != mine.frame());
    EnclaveView swapped =
        TamperedEnclave.page(
            TamperedEnclave.page(first, mine.address(), page -> frame(page, other.frame())),
            other.address(),
            page -> frame(page, mine.frame()));
    assertThat(books.after(swapped, mine.address(), other.address()))
        .filteredOn(line -> !line.endsWith(Invariant.ENTRY.rule() + ")"))
        .hasSize(2)
        .allMatch(line -> line.endsWith("(a frame holds what its owner says)"));
  }

  @Test
  void aFrameThatIsFreeAndInUseIsNamed() {
    PageView mine = in(first);
    PoolView pool = inspection.pool();
    PoolView tampered =
        new TamperedPool(pool) {
          @Override
          public boolean isFree(int frame) {
            return frame == mine.frame() || pool.isFree(frame);
          }
        };
    assertThat(books.after(tampered, mine.frame()))
        .contains(
            "frame %d: is in the pool and holds %s (a frame has one owner)"
                .formatted(mine.frame(), name(first, mine)))
        .anyMatch(found -> found.endsWith("(no frame in the pool is VALID)"));
  }

  @Test
  void aFrameThatNobodyOwnsIsNamedAtRestAloneAndItsEnclaveAtOnce() {
    PageView mine = in(first);
    EnclaveView hidden = TamperedEnclave.page(first, mine.address(), page -> null);
    String start = "frame %d: is nobody's and holds PT_".formatted(mine.frame());
    assertThat(books.after(hidden, mine.address()))
        .anyMatch(line -> line.endsWith("(children are the resident pages)"))
        .noneMatch(line -> line.startsWith(start));
    assertThat(books.atEnd(hidden, false)).noneMatch(line -> line.startsWith(start));
    assertThat(books.atEnd(hidden, true)).anyMatch(line -> line.startsWith(start));
  }

  @Test
  void aChildThatIsNoPageOfItsEnclaveIsNamedThoughTheCountsAgree() {
    PageView mine = in(first);
    int real = first.resident();
    EnclaveView hidden =
        new TamperedEnclave(TamperedEnclave.page(first, mine.address(), page -> null)) {
          @Override
          public int resident() {
            return real - 1;
          }
        };
    assertThat(books.after(hidden, mine.address()))
        .anyMatch(
            line ->
                line.startsWith("enclave %d: counts".formatted(first.number()))
                    && line.contains(", the EPCM has " + real)
                    && line.endsWith("(children are the resident pages)"));
  }

  @Test
  void aCountOfFreeFramesThatIsNotTheLengthOfTheListIsNamed() {
    PoolView pool = inspection.pool();
    PoolView tampered =
        new TamperedPool(pool) {
          @Override
          public int free() {
            return pool.free() + 1;
          }
        };
    assertThat(books.after(tampered, in(first).frame()))
        .singleElement()
        .asString()
        .contains("the pool: counts %d free".formatted(pool.free() + 1))
        .endsWith("and has %d (%s)".formatted(pool.free(), Invariant.FREE_COUNT.rule()));
  }

  /** The driver's count is the length of the list; the frames in it are one fewer. */
  @Test
  void aFrameThatIsTwiceInThePoolIsNamed() {
    PoolView pool = inspection.pool();
    int[] twice = {-1};
    pool.forEachFree(frame -> twice[0] = frame);
    PoolView tampered =
        new TamperedPool(pool) {
          @Override
          public int free() {
            return pool.free() + 1;
          }

          @Override
          public void forEachFree(IntConsumer visit) {
            pool.forEachFree(visit);
            visit.accept(twice[0]);
          }
        };
    List<String> found = books.after(tampered, twice[0]);
    assertThat(found).anyMatch(line -> line.endsWith(Invariant.FREE_COUNT.rule() + ")"));
    assertThat(books.atEnd(first, false))
        .anyMatch(line -> line.contains("is in the pool more than once"));
  }

  @Test
  void aChildCountThatIsNotTheResidentPagesIsNamedThreeTimes() {
    EnclaveView wrong =
        new TamperedEnclave(first) {
          @Override
          public int resident() {
            return super.resident() + 1;
          }
        };
    int real = first.resident();
    String start = "enclave %d: counts %d resident pages".formatted(first.number(), real + 1);
    String rule = " (children are the resident pages)";
    assertThat(books.after(wrong, in(first).address()))
        .containsExactlyInAnyOrder(
            start + ", its SECS has " + real + " children" + rule,
            start + " and has " + real + rule,
            start + ", the EPCM has " + real + rule);
  }

  @Test
  void anSecsThatIsOutWhileAPageIsInIsNamed() {
    EnclaveView without =
        new TamperedEnclave(first) {
          @Override
          public int secsFrame() {
            return -1;
          }
        };
    assertThat(books.after(without, in(first).address()))
        .contains(
            "enclave %d: has %d pages in the EPC and no SECS (an SECS is in while a page of its enclave is)"
                .formatted(first.number(), first.resident()));
  }

  @Test
  void anSecsInTheFrameOfAPageIsNamed() {
    PageView mine = in(second);
    EnclaveView wrong =
        new TamperedEnclave(first) {
          @Override
          public int secsFrame() {
            return mine.frame();
          }
        };
    assertThat(books.after(wrong, in(first).address()))
        .anyMatch(
            line ->
                line.startsWith("frame %d: holds ".formatted(mine.frame()))
                    && line.contains("the SECS of enclave " + first.number())
                    && line.contains(name(second, mine)))
        .anyMatch(line -> line.contains("should hold the SECS of enclave " + first.number()));
  }

  @Test
  void anEnclaveThatIsAliveAgainIsNamed() {
    boolean[] dead = {true};
    EnclaveView undead =
        new TamperedEnclave(first) {
          @Override
          public boolean isDead() {
            return dead[0];
          }
        };
    long address = in(first).address();
    assertThat(books.after(undead, address)).isEmpty();
    dead[0] = false;
    assertThat(books.after(undead, address))
        .containsExactly(
            "enclave %d: was dead and is alive (DEAD stays)".formatted(first.number()));
  }

  /** Nothing was touched: the last look at the enclave alone can see it. */
  @Test
  void whatIsWrongWithAnEnclaveThatGoesIsNamedInTheMessageInWhichItGoes() {
    PageView out = TwoEnclaves.out(first);
    EnclaveView wrong =
        TamperedEnclave.page(first, out.address(), page -> TwoEnclaves.backed(page, false));
    inspection.opened(wrong);
    inspection.closed(wrong.number());
    assertThatThrownBy(() -> books.rig.watch.afterMessage(7))
        .isInstanceOf(ViolationException.class)
        .hasMessageStartingWith(
            "at 7 ns %s: is neither in the EPC nor out with a copy and a slot"
                .formatted(name(first, out)));
  }

  @Test
  void aConflictThatNobodyInjectedEndsTheRun() {
    books.rig.machine.processor(0).failNextLeafWithConflict();
    books.rig.machine.processor(1).failNextLeafWithConflict();
    Rig.Process process = books.rig.process();
    books.rig.open(process);
    assertThatThrownBy(() -> books.rig.launch(process, HeapEnclave.of(1, 1)))
        .isInstanceOf(ViolationException.class)
        .hasMessageMatching(
            "at [\\d,]+ ns the machine: \\d leaves met one \\(no leaf meets a table conflict\\)");
  }
}
