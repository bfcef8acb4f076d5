package dev.ksgx.kernel.check;

import static dev.ksgx.kernel.check.TwoEnclaves.any;
import static dev.ksgx.kernel.check.TwoEnclaves.array;
import static dev.ksgx.kernel.check.TwoEnclaves.backed;
import static dev.ksgx.kernel.check.TwoEnclaves.in;
import static dev.ksgx.kernel.check.TwoEnclaves.name;
import static dev.ksgx.kernel.check.TwoEnclaves.out;
import static dev.ksgx.kernel.check.TwoEnclaves.slot;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link ConservationTest}, for pages, slots, version arrays and page-table entries. */
@ParameterizedClass
@ValueSource(ints = {ConservationWatch.SMALL, 2 * ConservationWatch.SMALL})
class PageConservationTest {
  private static final String SLOT_RULE = " (a version-array slot has one owner)";
  private static final String PAGE_RULE =
      " (a page is in, or out with copy and slot, or still to be added)";

  @Parameter private int frames;

  private TwoEnclaves books;
  private EnclaveView first;
  private EnclaveView second;

  @BeforeEach
  void twoEnclavesThatDoNotFit() {
    books = new TwoEnclaves(frames);
    first = books.first;
    second = books.second;
  }

  @AfterEach
  void close() {
    books.close();
  }

  @Test
  void aSlotOfTwoPagesIsNamed() {
    PageView mine = out(first);
    PageView other = any(first, page -> !page.isResident() && page.slot() != mine.slot());
    EnclaveView shared =
        TamperedEnclave.page(first, other.address(), page -> slot(page, mine.slot()));
    assertThat(books.after(shared, other.address()))
        .contains(
            "%s: owns slot %d, as another does".formatted(name(first, other), mine.slot())
                + SLOT_RULE);
  }

  @Test
  void aSlotOfAPageAndTheSecsIsNamed() {
    PageView mine = out(first);
    EnclaveView shared =
        new TamperedEnclave(first) {
          @Override
          public long secsSlot() {
            return mine.slot();
          }
        };
    assertThat(books.after(shared, mine.address()))
        .anyMatch(line -> line.contains("owns slot %d, as another does".formatted(mine.slot())));
  }

  @Test
  void aSlotThatIsFreeAndOwnedIsNamed() {
    PageView mine = out(first);
    long free = 0;
    while (first.isTaken(free)) {
      free++;
    }
    long untaken = free;
    EnclaveView unmarked = TamperedEnclave.page(first, mine.address(), page -> slot(page, untaken));
    assertThat(books.after(unmarked, mine.address()))
        .containsExactly(
            "%s: owns slot %d, which is free".formatted(name(first, mine), untaken) + SLOT_RULE);
  }

  @Test
  void aSlotThatIsTakenByNobodyIsNamed() {
    int taken = first.taken();
    EnclaveView lost =
        new TamperedEnclave(first) {
          @Override
          public int taken() {
            return super.taken() + 1;
          }
        };
    assertThat(books.after(lost, out(first).address()))
        .containsExactly(
            "enclave %d: has %d slots taken, of which %d have an owner"
                    .formatted(first.number(), taken + 1, taken)
                + SLOT_RULE);
  }

  @Test
  void aPageThatIsNowhereIsNamed() {
    PageView out = out(first);
    String nowhere =
        name(first, out) + ": is neither in the EPC nor out with a copy and a slot" + PAGE_RULE;
    long at = out.address();
    assertThat(books.after(TamperedEnclave.page(first, at, page -> backed(page, false)), at))
        .containsExactly(nowhere);
    assertThat(books.after(TamperedEnclave.page(first, at, page -> slot(page, -1)), at))
        .contains(nowhere);
    assertThat(books.after(TamperedEnclave.page(first, at, TwoEnclaves::pending), at))
        .containsExactly(name(first, out) + ": is still to be added and out at once" + PAGE_RULE);
  }

  @Test
  void aPageThatIsInTwoPlacesIsNamed() {
    PageView in = in(first);
    long at = in.address();
    String both = name(first, in) + ": is in frame " + in.frame() + " and ";
    assertThat(books.after(TamperedEnclave.page(first, at, page -> backed(page, true)), at))
        .containsExactly(both + "out at once" + PAGE_RULE);
    assertThat(books.after(TamperedEnclave.page(first, at, TwoEnclaves::pending), at))
        .containsExactly(both + "still to be added at once" + PAGE_RULE);
  }

  @Test
  void aPageTableEntryToAnotherFrameIsNamed() {
    PageView mine = in(first);
    PageView gone = out(first);
    int other = in(second).frame();
    EnclaveView mapped =
        new TamperedEnclave(first) {
          @Override
          public void forEachEntry(EntryVisitor visit) {
            super.forEachEntry(visit);
            visit.entry(mine.address(), other);
            visit.entry(gone.address(), other);
          }

          @Override
          public void forEachEntryOf(long address, IntConsumer visit) {
            visit.accept(other);
          }
        };
    String rule = " (a page-table entry points to the frame of its page)";
    assertThat(books.after(mapped, mine.address(), gone.address()))
        .containsExactly(
            "%s: is mapped to frame %d, but is in frame %d"
                    .formatted(name(first, mine), other, mine.frame())
                + rule,
            "%s: is mapped to frame %d, but is in none".formatted(name(first, gone), other) + rule);
  }

  private EnclaveView withArrays(VersionArrayView... arrays) {
    return new TamperedEnclave(first) {
      @Override
      public void forEachVersionArray(Consumer<VersionArrayView> visit) {
        for (VersionArrayView array : arrays) {
          visit.accept(array);
        }
      }
    };
  }

  @Test
  void aVersionArrayInTheFrameOfAPageIsNamed() {
    PageView other = in(second);
    int frame = array(first).frame();
    EnclaveView moved = withArrays(new VersionArrayView(other.frame(), -1, false));
    assertThat(books.afterTouch(frame, moved))
        .anyMatch(
            line ->
                line.startsWith("frame %d: holds ".formatted(other.frame()))
                    && line.contains("a version array of enclave " + first.number())
                    && line.contains(name(second, other))
                    && line.endsWith("(a frame has one owner)"))
        .anyMatch(
            line ->
                line.startsWith(
                    "frame %d: should hold a version array of enclave %d and holds PT_"
                        .formatted(other.frame(), first.number())));
  }

  @Test
  void twoVersionArraysInOneFrameAreNamed() {
    VersionArrayView real = array(first);
    assertThat(books.afterTouch(real.frame(), withArrays(real, real)))
        .anyMatch(
            line ->
                line.startsWith("frame %d: holds ".formatted(real.frame()))
                    && line.endsWith("(a frame has one owner)"));
  }

  @Test
  void theFrameOfAVersionArrayThatIsFreeIsNamed() {
    int frame = array(first).frame();
    PoolView pool = books.inspection.pool();
    PoolView tampered =
        new TamperedPool(pool) {
          @Override
          public boolean isFree(int at) {
            return at == frame || pool.isFree(at);
          }
        };
    assertThat(books.after(tampered, frame))
        .contains(
            "frame %d: is in the pool and holds a version array of enclave %d (a frame has one owner)"
                .formatted(frame, first.number()),
            "frame %d: is in the pool and holds PT_VA (no frame in the pool is VALID)"
                .formatted(frame));
  }

  @Test
  void aVersionArrayThatIsNowhereIsNamed() {
    assertThat(
            books.afterTouch(array(first).frame(), withArrays(new VersionArrayView(-1, -1, false))))
        .contains(
            "a version array of enclave %d: is neither in the EPC nor out".formatted(first.number())
                + PAGE_RULE);
  }

  @Test
  void aSlotOfTheSecondLevelOfTwoVersionArraysIsNamed() {
    VersionArrayView real = array(first);
    VersionArrayView home = new VersionArrayView(real.frame(), 3, false);
    VersionArrayView same = new VersionArrayView(-1, 3, true);
    assertThat(books.afterTouch(real.frame(), withArrays(home, same)))
        .contains(
            "a version array of enclave %d: owns slot 3, as another does".formatted(first.number())
                + SLOT_RULE);
  }
}
