package dev.ksgx.hardware.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.LeafInFlight;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.Swap;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.Test;

/** S3 to S5 of isa.md 6.6, and what a reset is to the registers of 1.16 and 6.5. */
class PowerLossTest {
  private static final int VECTOR = 32;
  private static final Bytes OTHER_HASH = Bytes.fromHex("02".repeat(32));

  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = TestEnclave.launched(rig, 0);

  @Test
  void everyEntryIsInvalidAndContentsAndVersionArraysAreGone() {
    Swap swap = new Swap(rig, enclave);
    swap.evict(swap.page(TestEnclave.DATA), 3);
    rig.machine.losePower();
    for (int frame = 0; frame < Rig.FRAMES; frame++) {
      assertThat(rig.machine.epc().inspect(frame).valid()).as("frame %d", frame).isFalse();
    }
    assertThat(rig.epcm.secs(0)).isNull();
    assertThat(rig.epcm.tcs(enclave.frame(TestEnclave.TCS))).isNull();
    assertThat(rig.epcm.versions(Swap.VA)).isNull();
    rig.ok(Encls.epa(rig.page(Swap.VA)));
    assertThat(rig.epcm.versions(Swap.VA).version(3)).isZero();
  }

  @Test
  void leavesOnWhatWasLostMeetAnInvalidPage() {
    long page = rig.page(enclave.frame(TestEnclave.DATA));
    rig.machine.losePower();
    Rig.assertPf(rig.cpu.run(Encls.etrack(enclave.secsPage())), 4, enclave.secsPage());
    Rig.assertPf(rig.cpu.run(Encls.edbgrd(page)), 4, page);
    assertThat(enclave.eenter(rig.cpu).isOk()).isFalse();
    assertThat(rig.cpu.inEnclave()).isFalse();
  }

  @Test
  void eremoveOfALostPageSucceedsWhateverItWas() {
    rig.machine.losePower();
    rig.ok(Encls.eremove(rig.page(enclave.frame(TestEnclave.DATA))));
    rig.ok(Encls.eremove(enclave.secsPage()));
  }

  /** Same enclave, EID, address, slot and version as before: only BASE_PK is another. */
  @Test
  void pageOfBeforeIsRefusedByItsMac() {
    Swap before = new Swap(rig, enclave);
    EvictedPage old = before.evict(before.page(TestEnclave.DATA), 0);
    Bytes oldKey = rig.machine.registers().basePk();
    rig.machine.losePower();

    TestEnclave again = TestEnclave.launched(rig, 0);
    Swap after = new Swap(rig, again);
    long page = after.page(TestEnclave.DATA);
    EvictedPage own = after.evict(page, 0);
    assertThat(own.pcmd().enclaveId()).isEqualTo(old.pcmd().enclaveId());
    assertThat(own.linaddr()).isEqualTo(old.linaddr());
    assertThat(rig.machine.registers().basePk()).isNotEqualTo(oldKey);
    LeafResult refused = rig.cpu.run(after.loading(page, old, 0));
    assertThat(refused.code()).as(refused.describe()).isEqualTo(SgxCode.MAC_COMPARE_FAIL);
    refused = rig.other.run(after.loading(page, old, 0));
    assertThat(refused.code()).as(refused.describe()).isEqualTo(SgxCode.MAC_COMPARE_FAIL);
    after.load(page, own, 0);
  }

  @Test
  void eachLossMakesAnotherKey() {
    Bytes first = rig.machine.registers().basePk();
    rig.machine.losePower();
    Bytes second = rig.machine.registers().basePk();
    rig.machine.losePower();
    assertThat(rig.machine.registers().basePk()).isNotIn(first, second).hasToString(again());
  }

  /** The key after two losses is the same on every machine of this configuration. */
  private static String again() {
    Rig twin = Rig.everything();
    twin.machine.losePower();
    twin.machine.losePower();
    return twin.machine.registers().basePk().toString();
  }

  @Test
  void eidsBeginAnew() {
    long eid = rig.epcm.secs(0).eid();
    TestEnclave second = new TestEnclave(rig, 20, Rig.secs().build());
    assertThat(rig.epcm.secs(second.secsFrame).eid()).isGreaterThan(eid);
    rig.machine.losePower();
    rig.create(20);
    assertThat(rig.epcm.secs(20).eid()).isEqualTo(eid);
  }

  @Test
  void hashMsrsAreAgainAsFirmwareLeftThem() {
    TestEnclave.setHash(rig.cpu, OTHER_HASH);
    TestEnclave.setHash(rig.other, OTHER_HASH);
    rig.machine.losePower();
    for (LogicalProcessor each : new LogicalProcessor[] {rig.cpu, rig.other}) {
      for (int i = 0; i < 4; i++) {
        assertThat(each.rdmsr(LaunchControlMsrs.LE_PUBKEY_HASH0 + i).value())
            .isEqualTo(LaunchControlMsrs.INTEL_HASH.u64(8 * i));
      }
    }
    TestEnclave.setHash(rig.cpu, OTHER_HASH);
  }

  @Test
  void featureControlIsAgainAsFirmwareLeftItAndUnlockedIfItWas() {
    Rig open = new Rig(MachineConfig.builder().featureControl(LaunchControlMsrs.SGX_ENABLE));
    long locked = LaunchControlMsrs.SGX_ENABLE | LaunchControlMsrs.LOCK;
    assertThat(open.cpu.wrmsr(LaunchControlMsrs.FEATURE_CONTROL, locked).ok()).isTrue();
    assertThat(open.cpu.wrmsr(LaunchControlMsrs.FEATURE_CONTROL, locked).ok()).isFalse();
    open.machine.losePower();
    assertThat(open.cpu.rdmsr(LaunchControlMsrs.FEATURE_CONTROL).value())
        .isEqualTo(LaunchControlMsrs.SGX_ENABLE);
    assertThat(open.cpu.wrmsr(LaunchControlMsrs.FEATURE_CONTROL, locked).ok()).isTrue();
    rig.machine.losePower();
    assertThat(rig.cpu.wrmsr(LaunchControlMsrs.FEATURE_CONTROL, locked).ok()).isFalse();
  }

  @Test
  void ownerEpochStaysAndFirmwareMayWriteItBeforeTheFirstLeaf() {
    Rig fresh = Rig.everything();
    fresh.cpu.wrmsr(LaunchControlMsrs.OWNER_EPOCH0, 0x1122);
    Bytes epoch = fresh.machine.registers().ownerEpoch();
    fresh.create(0);
    assertThat(fresh.cpu.wrmsr(LaunchControlMsrs.OWNER_EPOCH0, 5).ok()).isFalse();
    fresh.machine.losePower();
    assertThat(fresh.machine.registers().ownerEpoch()).isEqualTo(epoch);
    assertThat(fresh.cpu.rdmsr(LaunchControlMsrs.SVN_STATUS).value()).isZero();
    assertThat(fresh.cpu.wrmsr(LaunchControlMsrs.OWNER_EPOCH0, 5).ok()).isTrue();
  }

  @Test
  void bootTimeSecretsAndSecurityVersionStay() {
    var registers = rig.machine.registers();
    Bytes all = Bytes.concat(registers.cpuSvn(), registers.sealFuses(), registers.reportKeyId());
    rig.machine.losePower();
    assertThat(Bytes.concat(registers.cpuSvn(), registers.sealFuses(), registers.reportKeyId()))
        .isEqualTo(all);
  }

  @Test
  void processorInsideAnEnclaveForbidsIt() {
    enclave.enter();
    Bytes key = rig.machine.registers().basePk();
    assertThatIllegalStateException()
        .isThrownBy(rig.machine::losePower)
        .withMessageContaining("processor 0 inside an enclave");
    assertThat(rig.machine.registers().basePk()).isEqualTo(key);
    assertThat(rig.epcm.secs(0)).isNotNull();
    rig.cpu.aex(VECTOR);
    rig.machine.losePower();
    assertThat(enclave.eresume(rig.cpu).isOk()).isFalse();
  }

  @Test
  void leafInFlightForbidsIt() {
    LeafInFlight leaf = rig.other.begin(Encls.epa(rig.page(Swap.VA)));
    assertThatIllegalStateException()
        .isThrownBy(rig.machine::losePower)
        .withMessageContaining("EPA in flight on processor 1");
    assertThat(rig.epcm.secs(0)).isNotNull();
    leaf.end();
    rig.machine.losePower();
    assertThat(rig.epcm.secs(0)).isNull();
  }

  @Test
  void pendingEventsAndOldPageTablesAreForgotten() {
    rig.cpu.eventPending(true);
    rig.cpu.failNextLeafWithConflict();
    rig.cpu.useTranslation(enclave.pageTables());
    rig.machine.losePower();
    assertThat(rig.cpu.load(enclave.base + TestEnclave.DATA, 1).isFault()).isTrue();
    TestEnclave.launched(rig, 0).enter();
  }
}
