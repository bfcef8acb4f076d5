package dev.ksgx.hardware.cpu;

import static dev.ksgx.hardware.testkit.TestEnclave.RW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.EnclsRequest;
import dev.ksgx.hardware.leaf.Ewb;
import dev.ksgx.hardware.leaf.Leaf;
import dev.ksgx.hardware.leaf.LeafInFlight;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.hardware.leaf.Translation;
import dev.ksgx.hardware.measure.Measurement;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.Tcs;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * One thread of the random walk. Frames 0 to 2 are for SECS; enclave s has its TCS at frame 3 + s
 * and its SSA at frame 6 + s; the last two are version arrays more often than not, the others are
 * for whatever comes. A ledger beside the machine notes who uses a frame exclusively, and so
 * notices a second user.
 */
final class RandomWalker implements Callable<Void> {
  static final int FRAMES = 22;
  static final int FIRST_VA = 20;
  private static final int SLOTS = 4;
  private static final int ENCLAVES = 3;
  private static final int FIRST_TCS = 3;
  private static final int FIRST_SSA = 6;
  private static final long SSA = Rig.BASE + 0x1000;
  private static final long AEP = 0x40_0000;
  private static final Leaf[] LOADS = {Leaf.ELDU, Leaf.ELDU, Leaf.ELDUC, Leaf.ELDB, Leaf.ELDBC};
  private static final Set<Integer> CONFLICT_CODES =
      Set.of(SgxCode.EPC_PAGE_CONFLICT, SgxCode.ENTRYEPOCH_LOCKED);
  private static final Bytes ZEROS = Bytes.zeros(4096);
  private static final Bytes SOME = ZEROS.withFlippedBit(99, 3);
  private static final Bytes TCS = Tcs.builder().ossa(0x1000).nssa(1).build().bytes();
  private static final Bytes SECS = Rig.secs().build().bytes();

  /** What all threads share beside the machine. */
  static final class Shared {
    final Machine machine;
    final AtomicIntegerArray exclusiveUsers = new AtomicIntegerArray(FRAMES);
    final EvictedPool pool = new EvictedPool();
    final SigStruct sig;
    final LongAdder done = new LongAdder();
    final LongAdder aborted = new LongAdder();
    final LongAdder evicted = new LongAdder();
    final LongAdder entered = new LongAdder();
    final LongAdder launched = new LongAdder();
    final LongAdder conflicts = new LongAdder();

    Shared(Machine machine) {
      this.machine = machine;
      Measurement measurement = Measurement.ecreate(1, Rig.SIZE);
      measurement.addPage(0, SecInfo.tcs(), TCS, 0xffff);
      measurement.addPage(0x1000, RW, ZEROS, 0);
      SigStruct.Builder body =
          SigStruct.builder().attributeMask(new Attributes(0, 0)).enclaveHash(measurement.finish());
      this.sig = Signer.sign(body, ModelKeys.signer(0));
    }
  }

  /** A request with the frame that it uses exclusively or, if {@code shared}, as one of many. */
  private record Move(EnclsRequest request, int frame, boolean shared, EvictedPage loads) {
    Move(EnclsRequest request, int frame, boolean shared) {
      this(request, frame, shared, null);
    }
  }

  private final Shared shared;
  private final Machine machine;
  private final LogicalProcessor cpu;
  private final SplittableRandom random;
  private final int steps;
  private int insideOf;

  RandomWalker(Shared shared, LogicalProcessor cpu, int seed, int steps) {
    this.shared = shared;
    this.machine = shared.machine;
    this.cpu = cpu;
    this.random = new SplittableRandom(7_000 + seed);
    this.steps = steps;
  }

  @Override
  public Void call() {
    TestEnclave.setHash(cpu, shared.sig.mrsigner());
    for (int i = 0; i < steps; i++) {
      if (cpu.inEnclave()) {
        actInside();
      } else {
        int what = random.nextInt(40);
        if (what < 4) {
          build(random.nextInt(ENCLAVES));
        } else if (what < 10) {
          enter(random.nextInt(ENCLAVES));
        } else if (what < 13) {
          swap(random.nextInt(FRAMES));
        } else if (what < 22) {
          issue(anyPagingMove());
        } else {
          issue(anyMove());
        }
      }
    }
    if (cpu.inEnclave()) {
      cpu.eexit();
    }
    return null;
  }

  /** The leaves that make a whole enclave and enter it, others between them. */
  private void build(int enclave) {
    long secs = page(enclave);
    for (int frame : new int[] {FIRST_TCS + enclave, FIRST_SSA + enclave, enclave}) {
      issue(new Move(Encls.eremove(page(frame)), frame, false));
    }
    issue(new Move(Encls.ecreate(secs, SECS), enclave, false));
    int tcs = FIRST_TCS + enclave;
    issue(
        new Move(Encls.addPage(page(tcs), secs, Rig.BASE, SecInfo.tcs(), TCS, 0xffff), tcs, false));
    int ssa = FIRST_SSA + enclave;
    issue(new Move(Encls.eadd(page(ssa), secs, SSA, RW, ZEROS), ssa, false));
    issue(new Move(Encls.einit(secs, shared.sig, TestEnclave.NO_TOKEN), enclave, true));
    enter(enclave);
  }

  private void enter(int enclave) {
    Translation pageTables =
        linear -> {
          long pageOffset = (linear - Rig.BASE) / 4096;
          int frame = pageOffset == 0 ? FIRST_TCS + enclave : FIRST_SSA + enclave;
          return pageOffset > 1 ? Translation.NOT_PRESENT : page(frame) + (linear & 4095);
        };
    LeafResult result =
        random.nextBoolean()
            ? cpu.eenter(Rig.BASE, AEP, pageTables)
            : cpu.eresume(Rig.BASE, AEP, pageTables);
    count(result);
    if (result.isOk()) {
      insideOf = enclave;
      shared.entered.increment();
    }
  }

  /**
   * Nobody can remove a page of an enclave while a thread is inside it, nor evict one that the
   * thread may have a translation for: it can be blocked, but it stays until the thread has left.
   */
  private void actInside() {
    EpcInspection tcs = machine.epc().inspect(FIRST_TCS + insideOf);
    assertThat(tcs.type()).isEqualTo(PageType.TCS);
    assertThat(tcs.address()).isEqualTo(Rig.BASE);
    EpcInspection ssa = machine.epc().inspect(FIRST_SSA + insideOf);
    assertThat(ssa.type()).isEqualTo(PageType.REG);
    assertThat(ssa.address()).isEqualTo(SSA);
    if (cpu.load(SSA, 8).isFault() || cpu.store(SSA + 64, ZEROS.slice(0, 8)).isFault()) {
      assertThat(machine.epc().inspect(FIRST_SSA + insideOf).blocked()).isTrue();
    }
    switch (random.nextInt(6)) {
      case 0 -> cpu.eexit();
      case 1 -> cpu.aex(32);
      default -> Thread.yield();
    }
  }

  private void issue(Move move) {
    LeafInFlight leaf = cpu.begin(move.request());
    LeafResult result = leaf.result();
    count(result);
    if (leaf.isOver()) {
      return;
    }
    if (move.shared()) {
      assertThat(shared.exclusiveUsers.get(move.frame())).isZero();
    } else {
      assertThat(shared.exclusiveUsers.incrementAndGet(move.frame())).isOne();
      if (random.nextInt(16) == 0) {
        Thread.yield();
      }
      shared.exclusiveUsers.decrementAndGet(move.frame());
    }
    if (random.nextInt(6) == 0) {
      leaf.abort();
      shared.aborted.increment();
    } else {
      leaf.end();
      shared.done.increment();
      note(move, leaf);
      if (result.leaf() == Leaf.EINIT) {
        shared.launched.increment();
      }
    }
  }

  private void note(Move move, LeafInFlight leaf) {
    if (move.request() instanceof Ewb ewb) {
      EvictedPage page = leaf.evicted();
      long eid = page.pcmd().enclaveId();
      shared.pool.add(random, new EvictedPool.Out(page, ewb.rdx(), move.frame(), eid));
      shared.evicted.increment();
    }
    if (move.loads() != null) {
      shared.pool.loaded(move.loads());
    }
  }

  private void count(LeafResult result) {
    if (result.conflict()) {
      shared.conflicts.increment();
      assertThat(result.status() == Status.GP || CONFLICT_CODES.contains(result.code())).isTrue();
    }
  }

  /** The leaves that evict a page, others between them. */
  private void swap(int frame) {
    long page = page(frame);
    issue(new Move(Encls.eblock(page), frame, true));
    issue(new Move(Encls.etrackc(page), frame, true));
    issue(new Move(Encls.ewb(page, anySlot()), frame, false));
  }

  private Move anyPagingMove() {
    int frame = random.nextInt(FRAMES);
    long page = page(frame);
    int secsFrame = random.nextInt(ENCLAVES);
    int versions = FIRST_VA + random.nextInt(FRAMES - FIRST_VA);
    return switch (random.nextInt(12)) {
      case 0 -> new Move(Encls.eblock(page), frame, true);
      case 1 -> new Move(Encls.etrack(page(secsFrame)), secsFrame, true);
      case 2 -> new Move(Encls.etrackc(page), frame, true);
      case 3 -> new Move(Encls.erdinfo(page), frame, true);
      case 4, 5 -> new Move(Encls.ewb(page, anySlot()), frame, false);
      case 6 -> new Move(Encls.epa(page(versions)), versions, false);
      default -> anyLoad(page, frame);
    };
  }

  private Move anyLoad(long page, int frame) {
    EvictedPool.Out out = shared.pool.any(random);
    if (out == null) {
      return new Move(Encls.erdinfo(page), frame, true);
    }
    int target = random.nextInt(4) == 0 ? frame : out.frame();
    PageType type = SecInfo.parse(out.page().pcmd().secInfo()).pageType();
    Leaf leaf = LOADS[random.nextInt(LOADS.length)];
    long owner = type.isOfEnclave() ? ownerOf(out) : 0;
    EnclsRequest load =
        Encls.eld(leaf, page(target), owner, out.page().linaddr(), out.page(), out.slot());
    return new Move(load, target, false, out.page());
  }

  /** The SECS of the page's enclave if that is where such are, else any. */
  private long ownerOf(EvictedPool.Out out) {
    for (int frame = 0; frame < ENCLAVES; frame++) {
      SecsState secs = machine.epc().epcm().secs(frame);
      if (secs != null && secs.eid() == out.eid()) {
        return page(frame);
      }
    }
    return page(random.nextInt(ENCLAVES));
  }

  private long anySlot() {
    int versions = FIRST_VA + random.nextInt(FRAMES - FIRST_VA);
    return page(versions) + 8L * random.nextInt(SLOTS);
  }

  /** Mostly of frames that no enclave needs to run. */
  private int anyFrame() {
    return random.nextInt(4) == 0
        ? random.nextInt(FRAMES)
        : random.nextInt(FIRST_SSA + ENCLAVES, FRAMES);
  }

  private Move anyMove() {
    int frame = anyFrame();
    long page = page(frame);
    int secsFrame = random.nextInt(ENCLAVES);
    long secs = page(secsFrame);
    long linear = Rig.BASE + 0x2000 + 4096L * random.nextInt(3);
    return switch (random.nextInt(10)) {
      case 0 -> new Move(Encls.ecreate(secs, SECS), secsFrame, false);
      case 1 ->
          new Move(
              Encls.eadd(page, secs, linear, RW, random.nextBoolean() ? ZEROS : SOME),
              frame,
              false);
      case 2 -> new Move(Encls.addPage(page, secs, linear, RW, SOME, 0x11), frame, false);
      case 3 -> new Move(Encls.eextend(secs, page + 256 * random.nextInt(16)), frame, true);
      case 4 -> new Move(Encls.epa(page), frame, false);
      case 5 -> new Move(Encls.edbgrd(page), frame, true);
      case 6 -> new Move(Encls.edbgwr(page + 8, 0), frame, true);
      default -> new Move(Encls.eremove(page), frame, false);
    };
  }

  private long page(int frame) {
    return machine.epc().addressOf(frame);
  }
}
