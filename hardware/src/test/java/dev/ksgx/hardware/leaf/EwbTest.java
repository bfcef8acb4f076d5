package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertGp;
import static dev.ksgx.hardware.testkit.Rig.assertInfo;
import static dev.ksgx.hardware.testkit.Rig.assertNotMapped;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.cpu.EpcmViolation;
import dev.ksgx.hardware.cpu.MachineConfig;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.VersionArray;
import dev.ksgx.hardware.paging.EncryptedPage;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.platform.Cpuid;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.Pcmd;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.Swap;
import dev.ksgx.hardware.testkit.TestEnclave;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** EWB, isa.md 3.3. */
class EwbTest {
  private static final long MEMORY = 0x10_0000;
  private static final Bytes KEY = Bytes.fromHex("000102030405060708090a0b0c0d0e0f");

  private final Rig rig = new Rig(MachineConfig.builder().cpuid(Cpuid.everything()).basePk(KEY));
  private final Swap swap = new Swap(rig);
  private final long data = swap.page(TestEnclave.DATA);
  private final VersionArray versions = rig.epcm.versions(Swap.VA);

  @AfterEach
  void nothingIsHeldAfterwards() {
    rig.assertNothingHeld();
  }

  @Test
  void step1PageInfoAndPageAreAligned() {
    assertGp(rig.cpu.run(ewb(MEMORY + 16, data, swap.slot(0))), 1);
    assertGp(rig.cpu.run(ewb(MEMORY, data + 64, swap.slot(0))), 1);
  }

  @Test
  void step2PageIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.ewb(rig.outsideEpc(), swap.slot(0))), 2, rig.outsideEpc());
  }

  @Test
  void step3SlotIsAligned() {
    assertGp(rig.cpu.run(Encls.ewb(data, swap.slot(0) + 4)), 3);
  }

  @Test
  void step4SlotIsInTheEpc() {
    assertPf(rig.cpu.run(Encls.ewb(data, rig.outsideEpc())), 4, rig.outsideEpc());
  }

  @Test
  void step5PageAndSlotAreInDifferentPages() {
    assertGp(rig.cpu.run(Encls.ewb(rig.page(Swap.VA), swap.slot(5))), 5);
  }

  @Test
  void step6LinearAddressAndSecsAreZero() {
    assertGp(rig.cpu.run(ewb(Rig.BASE, MEMORY, MEMORY, 0, true, true)), 6);
    assertGp(rig.cpu.run(ewb(0, MEMORY, MEMORY, rig.page(0), true, true)), 6);
  }

  @Test
  void step7DestinationsAreAligned() {
    assertGp(rig.cpu.run(ewb(0, MEMORY + 512, MEMORY, 0, true, true)), 7);
    assertGp(rig.cpu.run(ewb(0, MEMORY, MEMORY + 64, 0, true, true)), 7);
  }

  @Test
  void step8PageInUseIsAConflict() {
    LeafInFlight reading = rig.other.begin(Encls.edbgrd(data));
    assertConflict(rig.cpu.run(Encls.ewb(data, swap.slot(0))), 8);
    reading.end();
  }

  @Test
  void step8ABlockedTcsInUseIsBeingEnteredByAndNotTracked() {
    long tcs = swap.page(TestEnclave.TCS);
    swap.prepare(tcs);
    LeafInFlight sharedAsAnEntryDoes = rig.other.begin(Encls.edbgrd(tcs));
    assertCode(rig.cpu.run(Encls.ewb(tcs, swap.slot(0))), 12, SgxCode.NOT_TRACKED);
    sharedAsAnEntryDoes.end();
    rig.cpu.failNextLeafWithConflict();
    assertConflict(rig.cpu.run(Encls.ewb(tcs, swap.slot(0))), 8);
    swap.write(tcs, swap.slot(0));
  }

  @Test
  void step8ATcsInUseThatIsNotBlockedIsAConflict() {
    long tcs = swap.page(TestEnclave.TCS);
    LeafInFlight reading = rig.other.begin(Encls.edbgrd(tcs));
    assertConflict(rig.cpu.run(Encls.ewb(tcs, swap.slot(0))), 8);
    reading.end();
  }

  @Test
  void step8VersionArrayInExclusiveUseIsAConflict() {
    LeafInFlight removal = rig.other.begin(Encls.eremove(rig.page(Swap.VA)));
    assertConflict(rig.cpu.run(Encls.ewb(data, swap.slot(0))), 8);
    removal.abort();
  }

  @Test
  void step8VersionArrayInSharedUseIsNoConflict() {
    swap.prepare(data);
    swap.prepare(swap.page(TestEnclave.CODE));
    LeafInFlight first = rig.other.begin(Encls.ewb(data, swap.slot(0)));
    rig.ok(Encls.ewb(swap.page(TestEnclave.CODE), swap.slot(1)));
    first.end();
  }

  @Test
  void step9PageIsValid() {
    assertPf(rig.cpu.run(Encls.ewb(rig.page(30), swap.slot(0))), 9, rig.page(30));
  }

  @Test
  void step10SlotIsInAVersionArray() {
    assertPf(rig.cpu.run(Encls.ewb(data, rig.page(30))), 10, rig.page(30));
    assertPf(rig.cpu.run(Encls.ewb(data, rig.page(0) + 8)), 10, rig.page(0) + 8);
  }

  @Test
  void step12PageIsBlocked() {
    for (long offset : new long[] {TestEnclave.TCS, TestEnclave.DATA}) {
      assertCode(
          rig.cpu.run(Encls.ewb(swap.page(offset), swap.slot(0))), 12, SgxCode.PAGE_NOT_BLOCKED);
    }
    rig.plant(30, PageType.TRIM, 0, 0, Rig.BASE + 0x8000);
    assertCode(rig.cpu.run(Encls.ewb(rig.page(30), swap.slot(0))), 12, SgxCode.PAGE_NOT_BLOCKED);
  }

  @Test
  void step12PageIsTrackedEvenWhenNobodyIsInside() {
    rig.ok(Encls.eblock(data));
    assertCode(rig.cpu.run(Encls.ewb(data, swap.slot(0))), 12, SgxCode.NOT_TRACKED);
    rig.ok(Encls.etrack(rig.page(0)));
    rig.ok(Encls.ewb(data, swap.slot(0)));
  }

  /** The ladder of drivers: EWB, ETRACK, EWB, interrupt of those inside, EWB. */
  @Test
  void step12ThreadsThatWereInsideHaveLeftOnce() {
    swap.enclave.enter();
    assertThat(rig.other.run(Encls.eblock(data)).isOk()).isTrue();
    EnclsRequest ewb = Encls.ewb(data, swap.slot(0));
    assertCode(rig.other.run(ewb), 12, SgxCode.NOT_TRACKED);
    assertThat(rig.other.run(Encls.etrack(rig.page(0))).isOk()).isTrue();
    assertCode(rig.other.run(ewb), 12, SgxCode.NOT_TRACKED);
    rig.cpu.aex(32);
    assertThat(swap.enclave.eresume(rig.cpu).isOk()).as("and may be inside again").isTrue();
    assertThat(rig.other.run(ewb).isOk()).isTrue();
  }

  @Test
  void step12SecsHasNoPages() {
    assertCode(rig.cpu.run(Encls.ewb(rig.page(0), swap.slot(0))), 12, SgxCode.CHILD_PRESENT);
    rig.create(30);
    rig.ok(Encls.ewb(rig.page(30), swap.slot(0)));
  }

  @Test
  void step12SecsWaitsForAPageThatIsJustLeaving() {
    rig.create(30);
    rig.ok(Encls.eadd(rig.page(31), rig.page(30), Rig.BASE, TestEnclave.RW, TestEnclave.ZEROS));
    rig.ok(Encls.eblock(rig.page(31)));
    rig.ok(Encls.etrack(rig.page(30)));
    LeafInFlight leaving = rig.other.begin(Encls.ewb(rig.page(31), swap.slot(0)));
    EnclsRequest secs = Encls.ewb(rig.page(30), swap.slot(1));
    assertCode(rig.cpu.run(secs), 12, SgxCode.CHILD_PRESENT);
    leaving.end();
    rig.ok(secs);
  }

  @Test
  void step13DestinationsAreMappedOrNothingHappens() {
    swap.prepare(data);
    assertNotMapped(rig.cpu.run(ewb(0, MEMORY, MEMORY + 4096, 0, false, true)), 13, MEMORY);
    assertNotMapped(rig.cpu.run(ewb(0, MEMORY, MEMORY + 4096, 0, true, false)), 13, MEMORY + 4096);
    assertThat(versions.version(0)).isZero();
    rig.ok(Encls.ewb(data, swap.slot(0)));
  }

  @Test
  void step14OccupiedSlotIsOverwrittenAndSaidSo() {
    EvictedPage first = swap.evict(data, 3);
    long destroyed = versions.version(3);
    long code = swap.page(TestEnclave.CODE);
    swap.prepare(code);
    LeafInFlight leaf = rig.cpu.begin(Encls.ewb(code, swap.slot(3)));
    leaf.end();
    assertInfo(leaf.result(), 14, SgxCode.VA_SLOT_OCCUPIED);
    assertThat(leaf.evicted().linaddr()).isEqualTo(Rig.BASE + TestEnclave.CODE);
    assertThat(rig.machine.epc().inspect(rig.machine.epc().frameOf(code)).valid()).isFalse();
    assertThat(versions.version(3)).isNotZero().isNotEqualTo(destroyed);
    assertCode(rig.cpu.run(swap.loading(data, first, 3)), 10, SgxCode.MAC_COMPARE_FAIL);
    swap.load(code, leaf.evicted(), 3);
  }

  @Test
  void step14SlotOfAnotherLeafIsAConflict() {
    long code = swap.page(TestEnclave.CODE);
    swap.prepare(data);
    swap.prepare(code);
    LeafInFlight first = rig.other.begin(Encls.ewb(code, swap.slot(3)));
    assertConflict(rig.cpu.run(Encls.ewb(data, swap.slot(3))), 14);
    first.abort();
    rig.ok(Encls.ewb(data, swap.slot(3)));
  }

  @Test
  void effectIsAFreeFrameAVersionAndAChildLess() {
    int children = rig.epcm.secs(0).children();
    swap.prepare(data);
    LeafInFlight leaf = rig.cpu.begin(Encls.ewb(data, swap.slot(7)));
    int frame = rig.machine.epc().frameOf(data);
    assertThat(rig.machine.epc().inspect(frame).valid()).isTrue();
    assertThat(versions.version(7)).isZero();
    assertThatThrownBy(leaf::evicted).isInstanceOf(IllegalStateException.class);
    leaf.end();
    assertThat(rig.machine.epc().inspect(frame).valid()).isFalse();
    assertThat(versions.version(7)).isNotZero();
    assertThat(rig.epcm.secs(0).children()).isEqualTo(children - 1);
    assertThat(leaf.evicted()).isNotNull();
  }

  @Test
  void effectWritesTheLinearAddressBack() {
    assertThat(swap.evict(data, 0).linaddr()).isEqualTo(Rig.BASE + TestEnclave.DATA);
    assertThat(swap.evict(swap.page(TestEnclave.TCS), 1).linaddr()).isEqualTo(Rig.BASE);
    rig.create(30);
    assertThat(swap.write(rig.page(30), swap.slot(2)).linaddr()).isZero();
  }

  @Test
  void effectWritesTypePermissionsStateAndOwnerToThePcmd() {
    int bits = EpcmState.R | EpcmState.X | EpcmState.PENDING | EpcmState.MODIFIED | EpcmState.PR;
    rig.plant(30, PageType.REG, bits, 0, Rig.BASE + 0x8000);
    rig.epcm.secs(0).addChild();
    Pcmd pcmd = swap.evict(rig.page(30), 0).pcmd();
    assertThat(pcmd.secInfo()).isEqualTo(SecInfo.of(PageType.REG, bits).bytes());
    assertThat(pcmd.enclaveId()).isEqualTo(rig.epcm.secs(0).eid());
    assertThat(pcmd.reservedBytesAreZero()).isTrue();
    rig.create(31);
    long eid = rig.epcm.secs(31).eid();
    Pcmd secs = swap.write(rig.page(31), swap.slot(1)).pcmd();
    assertThat(secs.enclaveId()).isEqualTo(eid);
    assertThat(SecInfo.parse(secs.secInfo()).pageType()).isEqualTo(PageType.SECS);
    rig.ok(Encls.epa(rig.page(41)));
    Pcmd va = swap.write(rig.page(41), swap.slot(2)).pcmd();
    assertThat(va.enclaveId()).isZero();
    assertThat(SecInfo.parse(va.secInfo()).pageType()).isEqualTo(PageType.VA);
  }

  @Test
  void effectTakesANewVersionEachTimeWithTheLowBitsClear() {
    long last = 0;
    for (int i = 0; i < 20; i++) {
      EvictedPage page = swap.evict(data, 0);
      assertThat(versions.version(0)).isGreaterThan(last);
      last = versions.version(0);
      assertThat(last & 7).isZero();
      LeafInFlight debug = rig.cpu.begin(Encls.edbgrd(swap.slot(0)));
      debug.end();
      assertThat(debug.rbx()).isEqualTo(-1);
      swap.load(data, page, 0);
    }
  }

  /** Another implementation's view of the same bytes: isa.md 8.1 written down once more. */
  @Test
  void effectIsAesGcmUnderTheBaseKeyOverHeaderAndPage() throws GeneralSecurityException {
    rig.ok(Encls.edbgwr(data + 96, 0x0123456789abcdefL));
    Bytes content = TestEnclave.ZEROS.with(96, Bytes.fromHex("efcdab8967452301"));
    EvictedPage evicted = swap.evict(data, 0);
    byte[] iv = new byte[12];
    Bytes version = LittleEndian.u64(Long.reverseBytes(versions.version(0)));
    version.copyTo(0, iv, 4, 8);
    byte[] header = new byte[128];
    LittleEndian.u64(rig.epcm.secs(0).eid()).copyTo(0, header, 0, 8);
    LittleEndian.u64(Rig.BASE + TestEnclave.DATA).copyTo(0, header, 8, 8);
    header[16] = 3;
    header[17] = 2;
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    gcm.init(
        Cipher.ENCRYPT_MODE,
        new SecretKeySpec(KEY.toByteArray(), "AES"),
        new GCMParameterSpec(128, iv));
    gcm.updateAAD(header);
    Bytes expected = Bytes.copyOf(gcm.doFinal(content.toByteArray()));
    assertThat(evicted.page().ciphertext()).isEqualTo(expected.slice(0, 4096));
    assertThat(evicted.pcmd().mac()).isEqualTo(expected.slice(4096, 16));
  }

  @Test
  void effectOnAPageWithoutContentsKeepsNone() {
    EvictedPage untouched = swap.evict(data, 0);
    assertThat(untouched.page()).isSameAs(EncryptedPage.NO_CONTENTS);
    assertThat(untouched.pcmd().mac().isZero(0, 16)).isFalse();
    swap.load(data, untouched, 0);
    rig.ok(Encls.edbgwr(data, 0));
    assertThat(swap.evict(data, 0).page().hasContents())
        .as("zeros that were written are contents")
        .isTrue();
  }

  @Test
  void violationsOfPagingArriveAsGpOnProcessorsWithSgx1Only() {
    Rig old = new Rig(MachineConfig.builder().epcmViolation(EpcmViolation.GP));
    old.ok(Encls.epa(old.page(Swap.VA)));
    long slot = old.page(Swap.VA);
    EvictedPage page = new EvictedPage(0, EncryptedPage.NO_CONTENTS, Pcmd.builder().build());
    assertGp(old.cpu.run(Encls.ewb(old.page(30), slot)), 9);
    assertGp(old.cpu.run(Encls.etrack(old.page(30))), 4);
    assertGp(old.cpu.run(Encls.eldu(old.page(30), 0, 0, page, old.page(31))), 8);
    assertPf(old.cpu.run(Encls.ewb(old.outsideEpc(), slot)), 2, old.outsideEpc());
  }

  private EnclsRequest ewb(long rbx, long rcx, long rdx) {
    return new Ewb(rbx, rcx, rdx, 0, MEMORY, MEMORY, 0, true, true);
  }

  private EnclsRequest ewb(
      long linAddr, long srcPge, long pcmd, long secs, boolean srcMapped, boolean pcmdMapped) {
    return new Ewb(MEMORY, data, swap.slot(0), linAddr, srcPge, pcmd, secs, srcMapped, pcmdMapped);
  }
}
