package dev.ksgx.hardware.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.LeafInFlight;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.Tcs;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * EBLOCK, ETRACK and EWB on a machine of six processors, against the rule that model A of isa.md
 * 8.3 stands for: a page may leave when some cycle that began after its EBLOCK has seen all threads
 * leave that were inside when it began, and a cycle may begin when the one before has.
 */
class TrackingWalkTest {
  private static final int PROCESSORS = 6;
  private static final int PAGES = 4;
  private static final int FIRST_TCS = 1;
  private static final int FIRST_PAGE = FIRST_TCS + PROCESSORS;
  private static final int SSA = FIRST_PAGE + PAGES;
  private static final int VA = SSA + 1;
  private static final int RUNS = 3_000;
  private static final int STEPS = 60;

  private final Machine machine =
      Machine.create(
          MachineConfig.builder().processors(PROCESSORS).epcBytes((VA + 1) * 4096L).build());
  private final LogicalProcessor kernel = machine.processor(0);
  private final SplittableRandom random = new SplittableRandom(20171115);

  /** A cycle that was started, with the processors that it still waits for. */
  private final List<Set<Integer>> cycles = new ArrayList<>();

  /** Cycles that were started before a page was blocked; -1 = it is not blocked. */
  private final int[] cyclesAtBlock = new int[PAGES];

  private int decisions;
  private int tracked;
  private int unfinished;

  @Test
  void machineAgreesWithTheDirectRule() {
    build();
    for (int run = 0; run < RUNS; run++) {
      for (int page = 0; page < PAGES; page++) {
        cyclesAtBlock[page] = -1;
      }
      cycles.clear();
      for (int step = 0; step < STEPS; step++) {
        step();
      }
      settle();
    }
    assertThat(decisions).as("EWBs of blocked pages").isGreaterThan(20_000);
    assertThat(tracked).as("pages evicted").isGreaterThan(5_000);
    assertThat(decisions - tracked).as("code 11").isGreaterThan(5_000);
    assertThat(unfinished).as("code 17").isGreaterThan(5_000);
  }

  private void step() {
    int page = random.nextInt(PAGES);
    switch (random.nextInt(6)) {
      case 0, 1, 2 -> moveThread(random.nextInt(PROCESSORS));
      case 3 -> track();
      case 4 -> block(page);
      default -> evict(page);
    }
  }

  private void moveThread(int index) {
    LogicalProcessor cpu = machine.processor(index);
    if (!cpu.inEnclave()) {
      LeafResult entered = cpu.eenter(Rig.BASE + 4096L * index, 0, this::translate);
      assertThat(entered.isOk()).as(entered.describe()).isTrue();
      return;
    }
    assertThat(cpu.eexit().isOk()).isTrue();
    cycles.forEach(cycle -> cycle.remove(index));
  }

  private void track() {
    LogicalProcessor cpu = outside();
    boolean finished = cycles.isEmpty() || cycles.get(cycles.size() - 1).isEmpty();
    LeafResult result = cpu.run(Encls.etrack(page(0)));
    assertThat(result.code()).isEqualTo(finished ? 0 : SgxCode.PREV_TRK_INCMPL);
    if (!finished) {
      unfinished++;
      return;
    }
    Set<Integer> inside = new HashSet<>();
    for (int i = 0; i < PROCESSORS; i++) {
      if (machine.processor(i).inEnclave()) {
        inside.add(i);
      }
    }
    cycles.add(inside);
  }

  private void block(int page) {
    LeafResult result = outside().run(Encls.eblock(page(FIRST_PAGE + page)));
    assertThat(result.code()).isEqualTo(cyclesAtBlock[page] < 0 ? 0 : SgxCode.BLKSTATE);
    if (result.isOk()) {
      cyclesAtBlock[page] = cycles.size();
    }
  }

  /** A page that may leave does, and comes back unblocked. */
  private void evict(int page) {
    LeafInFlight leaf = outside().begin(Encls.ewb(page(FIRST_PAGE + page), page(VA)));
    leaf.end();
    if (cyclesAtBlock[page] < 0) {
      assertThat(leaf.result().code()).isEqualTo(SgxCode.PAGE_NOT_BLOCKED);
      return;
    }
    boolean mayLeave = cycles.stream().skip(cyclesAtBlock[page]).anyMatch(Set::isEmpty);
    assertThat(leaf.result().code()).isEqualTo(mayLeave ? 0 : SgxCode.NOT_TRACKED);
    decisions++;
    if (mayLeave) {
      tracked++;
      reload(page, leaf.evicted());
    }
  }

  private void reload(int page, EvictedPage evicted) {
    long target = page(FIRST_PAGE + page);
    LeafResult loaded =
        outside().run(Encls.eldu(target, page(0), evicted.linaddr(), evicted, page(VA)));
    assertThat(loaded.isOk()).as(loaded.describe()).isTrue();
    cyclesAtBlock[page] = -1;
  }

  /** Everybody out, every page unblocked. */
  private void settle() {
    for (int i = 0; i < PROCESSORS; i++) {
      if (machine.processor(i).inEnclave()) {
        moveThread(i);
      }
    }
    track();
    for (int page = 0; page < PAGES; page++) {
      if (cyclesAtBlock[page] >= 0) {
        evict(page);
      }
    }
  }

  /** Some processor outside the enclave; one is asked to leave if there is none. */
  private LogicalProcessor outside() {
    for (int i = 0; i < PROCESSORS; i++) {
      if (!machine.processor(i).inEnclave()) {
        return machine.processor(i);
      }
    }
    moveThread(0);
    return kernel;
  }

  private void build() {
    ok(Encls.ecreate(page(0), Rig.secs().build().bytes()));
    Bytes tcs = Tcs.builder().ossa(4096L * (SSA - FIRST_TCS)).nssa(1).build().bytes();
    for (int frame = FIRST_TCS; frame <= SSA; frame++) {
      boolean thread = frame < FIRST_PAGE;
      SecInfo secInfo = thread ? SecInfo.tcs() : TestEnclave.RW;
      long linear = Rig.BASE + 4096L * (frame - FIRST_TCS);
      Bytes content = thread ? tcs : TestEnclave.ZEROS;
      ok(Encls.eadd(page(frame), page(0), linear, secInfo, content));
    }
    SigStruct sig =
        Signer.sign(
            SigStruct.builder()
                .attributeMask(new Attributes(0, 0))
                .enclaveHash(machine.epc().epcm().secs(0).measurement().mrenclave()),
            ModelKeys.signer(0));
    TestEnclave.setHash(kernel, sig.mrsigner());
    ok(Encls.einit(page(0), sig, TestEnclave.NO_TOKEN));
    ok(Encls.epa(page(VA)));
  }

  private void ok(EnclsRequest request) {
    assertThat(kernel.run(request).describe()).endsWith(": done");
  }

  private long translate(long linear) {
    long frame = FIRST_TCS + (linear - Rig.BASE) / 4096;
    return frame > SSA ? Translation.NOT_PRESENT : page((int) frame) + (linear & 4095);
  }

  private long page(int frame) {
    return machine.epc().addressOf(frame);
  }
}
