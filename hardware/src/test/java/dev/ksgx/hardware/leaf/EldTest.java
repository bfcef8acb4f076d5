package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertConflictCode;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertInfo;
import static dev.ksgx.hardware.testkit.Rig.assertNotMapped;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.VersionArray;
import dev.ksgx.hardware.paging.EncryptedPage;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.Pcmd;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.Swap;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ELDB, ELDU, ELDBC and ELDUC, isa.md 3.3; what is forged is in {@code ForgeryTest}. */
class EldTest {
  private static final long MEMORY = 0x10_0000;
  private static final int SLOT = 3;

  private final Rig rig = Rig.everything();
  private final Swap swap = new Swap(rig);
  private final VersionArray versions = rig.epcm.versions(Swap.VA);
  private final long data = swap.page(TestEnclave.DATA);
  private final int frame = swap.enclave.frame(TestEnclave.DATA);
  private final long linear = Rig.BASE + TestEnclave.DATA;
  private final EvictedPage page = swap.evict(data, SLOT);

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1PageInfoAndTargetAreAligned() {
    assertGp(run(new Operands().rbx(MEMORY + 16)), 1);
    assertGp(run(new Operands().rcx(data + 2048)), 1);
  }

  @Test
  void step2TargetIsInTheEpc() {
    assertPf(run(new Operands().rcx(rig.outsideEpc())), 2, rig.outsideEpc());
  }

  @Test
  void step3SlotIsAligned() {
    assertGp(run(new Operands().rdx(swap.slot(SLOT) + 4)), 3);
  }

  @Test
  void step4SlotIsInTheEpc() {
    assertPf(run(new Operands().rdx(rig.outsideEpc())), 4, rig.outsideEpc());
  }

  @Test
  void step5SourcesAreAligned() {
    assertGp(run(new Operands().pcmdAddress(MEMORY + 64)), 5);
    assertGp(run(new Operands().srcPge(MEMORY + 128)), 5);
  }

  @Test
  void step6TargetInUseIsAConflict() {
    LeafInFlight other = rig.other.begin(Encls.epa(data));
    assertConflict(run(new Operands()), 6);
    assertConflictCode(run(new Operands().leaf(Leaf.ELDUC)), 6);
    assertConflictCode(run(new Operands().leaf(Leaf.ELDBC)), 6);
    other.abort();
  }

  @Test
  void step6VersionArrayInExclusiveUseIsAConflict() {
    LeafInFlight other = rig.other.begin(Encls.eremove(rig.page(Swap.VA)));
    assertConflict(run(new Operands().leaf(Leaf.ELDB)), 6);
    assertConflictCode(run(new Operands().leaf(Leaf.ELDBC)), 6);
    other.abort();
  }

  @Test
  void step7TargetIsNotValidYet() {
    rig.ok(Encls.epa(data));
    assertPf(run(new Operands()), 7, data);
  }

  @Test
  void step8SlotIsInAVersionArray() {
    assertPf(run(new Operands().rdx(rig.page(30) + 8)), 8, rig.page(30) + 8);
    assertPf(run(new Operands().rdx(rig.page(0) + 8)), 8, rig.page(0) + 8);
  }

  @Test
  void step9PcmdIsMapped() {
    assertNotMapped(run(new Operands().pcmd(null).pcmdAddress(MEMORY + 4096)), 9, MEMORY + 4096);
  }

  @Test
  void step9OwnerIsAnAlignedSecsInTheEpc() {
    assertGp(run(new Operands().secs(rig.page(0) + 64)), 9);
    assertPf(run(new Operands().secs(rig.outsideEpc())), 9, rig.outsideEpc());
    assertPf(run(new Operands().secs(rig.page(30))), 9, rig.page(30));
    assertPf(run(new Operands().secs(rig.page(1))), 9, rig.page(1));
  }

  @Test
  void step9OwnerInExclusiveUseIsAConflict() {
    LeafInFlight other = rig.other.begin(Encls.ecreate(rig.page(30), Rig.secs().build().bytes()));
    assertConflict(run(new Operands().secs(rig.page(30))), 9);
    assertConflictCode(run(new Operands().secs(rig.page(30)).leaf(Leaf.ELDUC)), 9);
    other.abort();
  }

  @Test
  void step9OwnerInSharedUseIsNoConflict() {
    LeafInFlight other = rig.other.begin(Encls.etrack(rig.page(0)));
    assertThat(run(new Operands()).isOk()).isTrue();
    other.end();
  }

  @Test
  void step9SecsAndVersionArrayHaveNoOwner() {
    for (PageType type : new PageType[] {PageType.SECS, PageType.VA}) {
      assertGp(run(new Operands().type(type)), 9);
      assertCode(run(new Operands().type(type).secs(0)), 10, SgxCode.MAC_COMPARE_FAIL);
    }
  }

  @Test
  void step9TypeIsOneThatEwbWrites() {
    assertGp(run(new Operands().type(PageType.SS_FIRST)), 9);
    assertGp(run(new Operands().type(PageType.SS_REST)), 9);
    for (int number = 7; number < 256; number++) {
      Pcmd pcmd =
          page.pcmd().toBuilder().secInfo(SecInfo.ofFlags((long) number << 8).bytes()).build();
      assertGp(run(new Operands().pcmd(pcmd)), 9);
    }
  }

  @Test
  void step10SourceIsMapped() {
    assertNotMapped(run(new Operands().source(null).srcPge(MEMORY + 8192)), 10, MEMORY + 8192);
  }

  @Test
  void step10EmptySlotIsAMacFailure() {
    assertCode(run(new Operands().rdx(swap.slot(SLOT + 1))), 10, SgxCode.MAC_COMPARE_FAIL);
  }

  @Test
  void step10SlotOfAnotherPageIsAMacFailure() {
    swap.evict(swap.page(TestEnclave.CODE), SLOT + 1);
    assertCode(run(new Operands().rdx(swap.slot(SLOT + 1))), 10, SgxCode.MAC_COMPARE_FAIL);
  }

  @Test
  void step10SecsOfAnotherEnclaveIsAMacFailureAndNoFault() {
    rig.create(30);
    assertCode(run(new Operands().secs(rig.page(30))), 10, SgxCode.MAC_COMPARE_FAIL);
    assertThat(rig.epcm.secs(30).children()).isZero();
  }

  @Test
  void step10EnclaveIdInThePcmdIsNotLookedAt() {
    Pcmd pcmd = page.pcmd().toBuilder().enclaveId(-1).build();
    assertThat(run(new Operands().pcmd(pcmd)).isOk()).isTrue();
  }

  @Test
  void step11SlotOfAnotherLeafIsAConflict() {
    LeafInFlight other = rig.other.begin(new Operands().rcx(rig.page(30)).request());
    assertConflict(run(new Operands()), 11);
    assertConflictCode(run(new Operands().leaf(Leaf.ELDBC)), 11);
    other.abort();
    assertThat(run(new Operands()).isOk()).isTrue();
  }

  @Test
  void effectIsThePageAsItWasInAnyFrameAndAnEmptySlot() {
    int children = rig.epcm.secs(0).children();
    LeafInFlight leaf = rig.cpu.begin(new Operands().rcx(rig.page(30)).request());
    assertThat(rig.machine.epc().inspect(30).valid()).isFalse();
    assertThat(versions.version(SLOT)).isNotZero();
    leaf.end();
    assertThat(rig.machine.epc().inspect(30))
        .isEqualTo(
            new EpcInspection(
                true, PageType.REG, true, true, false, 0, linear, false, false, false, false, 0));
    assertThat(versions.version(SLOT)).isZero();
    assertThat(rig.epcm.secs(0).children()).isEqualTo(children + 1);
  }

  @Test
  void effectHappensOnce() {
    assertThat(run(new Operands()).isOk()).isTrue();
    assertCode(run(new Operands().rcx(rig.page(30))), 10, SgxCode.MAC_COMPARE_FAIL);
  }

  @Test
  void effectOfTheBFormsIsABlockedPageThatIsTracked() {
    for (Leaf leaf : new Leaf[] {Leaf.ELDB, Leaf.ELDBC}) {
      EvictedPage code = swap.evict(swap.page(TestEnclave.CODE), 9);
      int at = swap.enclave.frame(TestEnclave.CODE);
      rig.ok(Encls.eld(leaf, rig.page(at), rig.page(0), code.linaddr(), code, swap.slot(9)));
      assertThat(rig.machine.epc().inspect(at).blocked()).isTrue();
      assertInfo(rig.cpu.run(Encls.eblock(rig.page(at))), 6, SgxCode.BLKSTATE);
      EvictedPage again = swap.write(rig.page(at), swap.slot(9));
      rig.ok(Encls.eldu(rig.page(at), rig.page(0), again.linaddr(), again, swap.slot(9)));
      assertThat(rig.machine.epc().inspect(at).blocked()).isFalse();
    }
  }

  /** What the frame's page before still waited for is no business of the new one. */
  @Test
  void effectOfTheBFormsIsTrackedInAFrameWhosePageBeforeWasNot() {
    long code = swap.page(TestEnclave.CODE);
    rig.ok(Encls.eblock(code));
    rig.ok(Encls.eremove(code));
    rig.ok(Encls.eldb(code, rig.page(0), linear, page, swap.slot(SLOT)));
    rig.ok(Encls.ewb(code, swap.slot(SLOT)));
  }

  @Test
  void effectOnATcsKeepsWhereItsThreadsWere() {
    swap.enclave.enter();
    rig.cpu.aex(32);
    long tcs = swap.page(TestEnclave.TCS);
    EvictedPage evicted = swap.evict(tcs, 9);
    assertThat(rig.epcm.tcs(swap.enclave.frame(TestEnclave.TCS))).isNull();
    swap.load(tcs, evicted, 9);
    assertThat(rig.epcm.tcs(swap.enclave.frame(TestEnclave.TCS)).cssa()).isOne();
    assertThat(swap.enclave.eresume(rig.cpu).isOk()).isTrue();
    rig.cpu.eexit();
  }

  @Test
  void effectKeepsStateBits() {
    int bits = EpcmState.R | EpcmState.PENDING | EpcmState.MODIFIED | EpcmState.PR;
    rig.plant(30, PageType.TRIM, bits, 0, Rig.BASE + 0x8000);
    rig.epcm.secs(0).addChild();
    EvictedPage evicted = swap.evict(rig.page(30), 9);
    swap.load(rig.page(30), evicted, 9);
    assertThat(rig.epcm.state(30)).isEqualTo(EpcmState.valid(PageType.TRIM, bits) | bits);
  }

  @Test
  void effectIsNoneOfALeafThatIsAborted() {
    int children = rig.epcm.secs(0).children();
    LeafInFlight leaf = rig.cpu.begin(new Operands().request());
    assertThat(rig.epcm.secs(0).children()).as("counted from begin").isEqualTo(children + 1);
    leaf.abort();
    assertThat(rig.epcm.secs(0).children()).isEqualTo(children);
    assertThat(rig.machine.epc().inspect(frame).valid()).isFalse();
    assertThat(run(new Operands()).isOk()).isTrue();
  }

  @Test
  void gateKnowsTheCFormsOnlyWhereCpuidDoes() {
    Rig client = Rig.client();
    for (Leaf leaf : new Leaf[] {Leaf.ELDBC, Leaf.ELDUC}) {
      assertGp(client.cpu.run(Encls.eld(leaf, client.page(0), 0, 0, page, client.page(1))), 0);
    }
    assertThatThrownBy(() -> new Operands().leaf(Leaf.EWB).request())
        .isInstanceOf(IllegalArgumentException.class);
  }

  private LeafResult run(Operands operands) {
    return rig.cpu.run(operands.request());
  }

  /** All operands of a load that succeeds, each of which can be changed. */
  private final class Operands {
    private Leaf leaf = Leaf.ELDU;
    private long rbx = MEMORY;
    private long rcx = data;
    private long rdx = swap.slot(SLOT);
    private long srcPge = MEMORY;
    private long pcmdAddress = MEMORY;
    private long secs = rig.page(0);
    private EncryptedPage source = page.page();
    private Pcmd pcmd = page.pcmd();

    Operands leaf(Leaf value) {
      leaf = value;
      return this;
    }

    Operands rbx(long value) {
      rbx = value;
      return this;
    }

    Operands rcx(long value) {
      rcx = value;
      return this;
    }

    Operands rdx(long value) {
      rdx = value;
      return this;
    }

    Operands srcPge(long value) {
      srcPge = value;
      return this;
    }

    Operands pcmdAddress(long value) {
      pcmdAddress = value;
      return this;
    }

    Operands secs(long value) {
      secs = value;
      return this;
    }

    Operands source(EncryptedPage value) {
      source = value;
      return this;
    }

    Operands pcmd(Pcmd value) {
      pcmd = value;
      return this;
    }

    Operands type(PageType type) {
      return pcmd(pcmd.toBuilder().secInfo(SecInfo.of(type, 0).bytes()).build());
    }

    EnclsRequest request() {
      return new Eld(leaf, rbx, rcx, rdx, linear, srcPge, pcmdAddress, secs, source, pcmd);
    }
  }
}
