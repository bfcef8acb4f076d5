package dev.ksgx.kernel.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.kernel.Rig;
import dev.ksgx.kernel.config.Bugs;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.kernel.config.Preset;
import dev.ksgx.kernel.paging.HeapEnclave;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Books of a real machine, at rest with pages in and out, in which one entry is falsified. */
class ConservationTest {
  private static final int FRAMES = 256;

  private Rig rig;
  private Inspection inspection;
  private EnclaveView first;
  private EnclaveView second;

  @BeforeEach
  void twoEnclavesThatDoNotFit() {
    KernelConfig config =
        KernelConfig.preset(Preset.MAINLINE)
            .withBugs(Bugs.fixed())
            .withMachine(MachineConfig.builder().processors(2).epcBytes(4096L * FRAMES).build());
    rig = Rig.checked(config);
    inspection = rig.inspection;
    for (int i = 0; i < 2; i++) {
      Rig.Process process = rig.process();
      rig.open(process);
      assertThat(rig.launch(process, HeapEnclave.of(1, 150)).result().isZero()).isTrue();
      rig.block(process.task());
    }
    rig.system().runToQuiescence().orThrow();
    List<EnclaveView> both = new ArrayList<>(inspection.enclaves());
    first = both.get(0);
    second = both.get(1);
    assertThat(new Conservation(inspection).full(true)).isEmpty();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static PageView any(EnclaveView enclave, Predicate<PageView> wanted) {
    List<PageView> found = new ArrayList<>();
    enclave.forEachPage(
        page -> {
          if (wanted.test(page)) {
            found.add(page);
          }
        });
    return found.get(0);
  }

  private static PageView in(EnclaveView enclave) {
    return any(enclave, PageView::isResident);
  }

  private static PageView out(EnclaveView enclave) {
    return any(enclave, page -> !page.isResident());
  }

  private static PageView frame(PageView page, int frame) {
    return new PageView(page.address(), frame, page.slot(), page.backed(), page.pending());
  }

  private static PageView slot(PageView page, long slot) {
    return new PageView(page.address(), page.frame(), slot, page.backed(), page.pending());
  }

  private static PageView backed(PageView page, boolean backed) {
    return new PageView(page.address(), page.frame(), page.slot(), backed, page.pending());
  }

  private static PageView pending(PageView page) {
    return new PageView(page.address(), page.frame(), page.slot(), page.backed(), true);
  }

  /** What the full check says of the books with {@code tampered} in them. */
  private List<String> full(EnclaveView tampered, boolean atRest) {
    inspection.opened(tampered);
    return lines(new Conservation(inspection).full(atRest));
  }

  /** What the check of one touched page says. */
  private List<String> touched(EnclaveView tampered, long address) {
    inspection.opened(tampered);
    inspection.touched(tampered.number(), address);
    return lines(new Conservation(inspection).touched());
  }

  private static List<String> lines(List<Violation> found) {
    return found.stream().map(Violation::toString).toList();
  }

  private String name(EnclaveView enclave, PageView page) {
    return "page 0x%x of enclave %d".formatted(page.address(), enclave.number());
  }

  @Test
  void aFrameOfTwoEnclavesIsNamed() {
    PageView mine = in(first);
    PageView other = in(second);
    EnclaveView tampered =
        TamperedEnclave.page(first, mine.address(), page -> frame(page, other.frame()));
    assertThat(full(tampered, false))
        .contains(
            "frame %d: holds %s and %s (a frame has one owner)"
                .formatted(other.frame(), name(first, mine), name(second, other)))
        .anyMatch(
            line ->
                line.startsWith(
                    "frame %d: should hold %s and holds PT_"
                        .formatted(other.frame(), name(first, mine))));
    assertThat(touched(tampered, mine.address()))
        .anyMatch(line -> line.startsWith("frame %d: should hold".formatted(other.frame())));
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
    assertThat(full(swapped, false))
        .hasSize(2)
        .allMatch(line -> line.endsWith("(a frame holds what its owner says)"));
  }

  @Test
  void aFrameThatIsFreeAndInUseIsNamed() {
    PageView mine = in(first);
    PoolView pool = inspection.pool();
    inspection.opened(
        new TamperedPool(pool) {
          @Override
          public boolean isFree(int frame) {
            return frame == mine.frame() || pool.isFree(frame);
          }
        });
    String line =
        "frame %d: is in the pool and holds %s (a frame has one owner)"
            .formatted(mine.frame(), name(first, mine));
    assertThat(full(first, false))
        .contains(line)
        .anyMatch(found -> found.endsWith("(no frame in the pool is VALID)"));
    inspection.touched(mine.frame());
    assertThat(touched(first, mine.address()))
        .contains(line)
        .anyMatch(found -> found.endsWith("(no frame in the pool is VALID)"));
  }

  @Test
  void aFrameThatNobodyOwnsIsNamedAtRestAlone() {
    PageView mine = in(first);
    EnclaveView hidden = TamperedEnclave.page(first, mine.address(), page -> null);
    String start = "frame %d: is nobody's and holds PT_".formatted(mine.frame());
    assertThat(full(hidden, true)).anyMatch(line -> line.startsWith(start));
    assertThat(full(hidden, false)).noneMatch(line -> line.startsWith(start));
  }

  @Test
  void aCountOfFreeFramesThatIsNotTheLengthOfTheListIsNamed() {
    PoolView pool = inspection.pool();
    inspection.opened(
        new TamperedPool(pool) {
          @Override
          public int free() {
            return pool.free() + 1;
          }
        });
    assertThat(full(first, false))
        .singleElement()
        .asString()
        .contains("the pool: counts %d free".formatted(pool.free() + 1))
        .endsWith("and has %d (%s)".formatted(pool.free(), Invariant.FREE_COUNT.rule()));
  }

  @Test
  void aFrameThatIsTwiceInThePoolIsNamed() {
    PoolView pool = inspection.pool();
    inspection.opened(
        new TamperedPool(pool) {
          @Override
          public void forEachFree(IntConsumer visit) {
            pool.forEachFree(visit);
            visit.accept(FRAMES - 1);
          }
        });
    assertThat(full(first, false)).anyMatch(line -> line.contains("is in the pool more than once"));
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
    assertThat(full(wrong, false))
        .containsExactlyInAnyOrder(
            start + ", its SECS has " + real + " children" + rule,
            start + " and has " + real + rule,
            start + ", the EPCM has " + real + rule);
    assertThat(touched(wrong, in(first).address()))
        .containsExactly(start + ", its SECS has " + real + " children" + rule);
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
    assertThat(full(without, false))
        .contains(
            "enclave %d: has %d pages in the EPC and no SECS (an SECS is in while a page of its enclave is)"
                .formatted(first.number(), first.resident()));
  }

  @Test
  void aSlotOfTwoPagesAndASlotThatIsFreeAreNamed() {
    PageView mine = out(first);
    PageView other = any(first, page -> !page.isResident() && page.slot() != mine.slot());
    EnclaveView shared =
        TamperedEnclave.page(first, other.address(), page -> slot(page, mine.slot()));
    assertThat(full(shared, false))
        .contains(
            "%s: owns slot %d, as another does (a version-array slot has one owner)"
                .formatted(name(first, other), mine.slot()));
    long free = 0;
    while (first.isTaken(free)) {
      free++;
    }
    long untaken = free;
    EnclaveView unmarked = TamperedEnclave.page(first, mine.address(), page -> slot(page, untaken));
    String line =
        "%s: owns slot %d, which is free (a version-array slot has one owner)"
            .formatted(name(first, mine), untaken);
    assertThat(full(unmarked, false)).containsExactly(line);
    assertThat(touched(unmarked, mine.address())).containsExactly(line);
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
    assertThat(full(lost, false))
        .containsExactly(
            "enclave %d: has %d slots taken, of which %d have an owner (a version-array slot has one owner)"
                .formatted(first.number(), taken + 1, taken));
  }

  @Test
  void aPageThatIsNowhereOrInTwoPlacesIsNamed() {
    String rule = " (a page is in, or out with copy and slot, or still to be added)";
    PageView out = out(first);
    String nowhere =
        name(first, out) + ": is neither in the EPC nor out with a copy and a slot" + rule;
    EnclaveView withoutCopy =
        TamperedEnclave.page(first, out.address(), page -> backed(page, false));
    assertThat(full(withoutCopy, false)).containsExactly(nowhere);
    assertThat(touched(withoutCopy, out.address())).containsExactly(nowhere);
    assertThat(full(TamperedEnclave.page(first, out.address(), page -> slot(page, -1)), false))
        .contains(nowhere);
    assertThat(full(TamperedEnclave.page(first, out.address(), ConservationTest::pending), false))
        .containsExactly(name(first, out) + ": is still to be added and out at once" + rule);
    PageView in = in(first);
    String both = name(first, in) + ": is in frame " + in.frame() + " and ";
    assertThat(full(TamperedEnclave.page(first, in.address(), page -> backed(page, true)), false))
        .containsExactly(both + "out at once" + rule);
    assertThat(full(TamperedEnclave.page(first, in.address(), ConservationTest::pending), false))
        .containsExactly(both + "still to be added at once" + rule);
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
    String wrong =
        "%s: is mapped to frame %d, but is in frame %d"
            .formatted(name(first, mine), other, mine.frame());
    assertThat(full(mapped, false))
        .containsExactly(
            wrong + rule,
            "%s: is mapped to frame %d, but is in none".formatted(name(first, gone), other) + rule);
    assertThat(touched(mapped, mine.address())).containsExactly(wrong + rule);
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
    inspection.opened(undead);
    Conservation conservation = new Conservation(inspection);
    assertThat(conservation.full(false)).isEmpty();
    dead[0] = false;
    String line = "enclave %d: was dead and is alive (DEAD stays)".formatted(first.number());
    assertThat(lines(conservation.full(false))).containsExactly(line);
    inspection.touched(first.number(), in(first).address());
    assertThat(lines(conservation.touched())).containsExactly(line);
  }

  @Test
  void aConflictThatNobodyInjectedEndsTheRun() {
    rig.machine.processor(0).failNextLeafWithConflict();
    rig.machine.processor(1).failNextLeafWithConflict();
    Rig.Process process = rig.process();
    rig.open(process);
    assertThatThrownBy(() -> rig.launch(process, HeapEnclave.of(1, 1)))
        .isInstanceOf(ViolationException.class)
        .hasMessageMatching(
            "at [\\d,]+ ns the machine: \\d leaves met one \\(no leaf meets a table conflict\\)");
  }
}
