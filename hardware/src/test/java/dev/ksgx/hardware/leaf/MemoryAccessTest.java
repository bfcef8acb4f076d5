package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.TestEnclave.CODE;
import static dev.ksgx.hardware.testkit.TestEnclave.DATA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.leaf.AccessResult.Outcome;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.Test;

/** Access control, isa.md 3.5: what each kind of access gets, from inside and from outside. */
class MemoryAccessTest {
  private static final Bytes SECRET = Bytes.fromHex("53656372657421");
  private static final Bytes ONES = Bytes.fromHex("ffffffffffffff");
  private static final long ORDINARY = 0x40_0000;

  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = TestEnclave.launched(rig, 0);
  private final long data = enclave.base + DATA;
  private final long code = enclave.base + CODE;

  @Test
  void enclaveReadsWhatItWrote() {
    enclave.enter();
    assertThat(rig.cpu.store(data + 5, SECRET).outcome()).isEqualTo(Outcome.ENCLAVE);
    assertThat(rig.cpu.load(data + 5, 7).data()).isEqualTo(SECRET);
  }

  @Test
  void enclaveFetchesFromItsCode() {
    enclave.enter();
    assertThat(rig.cpu.fetch(code).outcome()).isEqualTo(Outcome.ENCLAVE);
  }

  @Test
  void outsideReadsAllOnes() {
    storeSecret();
    rig.cpu.useTranslation(enclave.pageTables());
    AccessResult result = rig.cpu.load(data, 7);
    assertThat(result.outcome()).isEqualTo(Outcome.ABORT_PAGE);
    assertThat(result.data()).isEqualTo(ONES);
  }

  @Test
  void outsideWritesAreDropped() {
    storeSecret();
    rig.cpu.useTranslation(enclave.pageTables());
    assertThat(rig.cpu.store(data, ONES).outcome()).isEqualTo(Outcome.ABORT_PAGE);
    assertSecretIsThere();
  }

  @Test
  void outsideFetchesAllOnes() {
    rig.cpu.useTranslation(enclave.pageTables());
    assertThat(rig.cpu.fetch(code).outcome()).isEqualTo(Outcome.ABORT_PAGE);
    assertThat(rig.cpu.fetch(code).data()).isEqualTo(Bytes.fromHex("ff"));
  }

  @Test
  void outsideSeesOrdinaryMemoryAsOrdinary() {
    enclave.mapAddress(ORDINARY, rig.outsideEpc());
    rig.cpu.useTranslation(enclave.pageTables());
    assertThat(rig.cpu.load(ORDINARY, 4).outcome()).isEqualTo(Outcome.ORDINARY_MEMORY);
  }

  @Test
  void anotherEnclaveReadsAllOnesOutsideItsRange() {
    storeSecret();
    TestEnclave other = otherEnclave();
    other.mapAddress(ORDINARY, rig.page(enclave.frame(DATA)));
    other.enter();
    assertThat(rig.cpu.load(ORDINARY, 7).data()).isEqualTo(ONES);
    assertThat(rig.cpu.store(ORDINARY, ONES).outcome()).isEqualTo(Outcome.ABORT_PAGE);
    rig.cpu.eexit();
    assertSecretIsThere();
  }

  @Test
  void anotherEnclaveFaultsOnForeignPagesInsideItsRange() {
    storeSecret();
    TestEnclave other = otherEnclave();
    other.map(0x8000, enclave.frame(DATA));
    other.enter();
    assertSgxFault(rig.cpu.load(other.base + 0x8000, 7), "belongs to the active enclave");
    assertSgxFault(rig.cpu.store(other.base + 0x8000, ONES), "belongs to the active enclave");
    rig.cpu.eexit();
    assertSecretIsThere();
  }

  @Test
  void insideUsesOrdinaryMemoryForData() {
    enclave.mapAddress(ORDINARY, rig.outsideEpc());
    enclave.enter();
    assertThat(rig.cpu.load(ORDINARY, 4).outcome()).isEqualTo(Outcome.ORDINARY_MEMORY);
    assertThat(rig.cpu.store(ORDINARY, ONES).outcome()).isEqualTo(Outcome.ORDINARY_MEMORY);
  }

  @Test
  void insideNeverFetchesFromOutside() {
    enclave.mapAddress(ORDINARY, rig.outsideEpc());
    enclave.enter();
    assertThat(rig.cpu.fetch(ORDINARY).outcome()).isEqualTo(Outcome.GP);
  }

  @Test
  void insideFaultsOnElrangeThatIsNoEpc() {
    enclave.mapAddress(enclave.base + 0x8000, rig.outsideEpc());
    enclave.enter();
    assertSgxFault(rig.cpu.load(enclave.base + 0x8000, 1), "in the EPC");
  }

  @Test
  void insideFaultsOrdinarilyOnAPageThatIsNotPresent() {
    enclave.enter();
    AccessResult result = rig.cpu.load(enclave.base + 0x8000, 1);
    assertThat(result.outcome()).isEqualTo(Outcome.PF);
    assertThat(result.errorCode()).isEqualTo(AccessResult.PF_USER);
    assertThat(result.address()).isEqualTo(enclave.base + 0x8000);
  }

  @Test
  void insideFaultsOnAPageThatIsNotValid() {
    enclave.map(0x8000, 50);
    enclave.enter();
    assertSgxFault(rig.cpu.load(enclave.base + 0x8000, 1), "is valid");
  }

  @Test
  void insideFaultsOnAPageThatIsNotReg() {
    enclave.enter();
    assertSgxFault(rig.cpu.load(enclave.base + TestEnclave.TCS, 1), "is REG");
  }

  @Test
  void insideFaultsOnAPageAtAnotherAddress() {
    enclave.map(0x8000, enclave.frame(DATA));
    enclave.enter();
    assertSgxFault(rig.cpu.load(enclave.base + 0x8000, 1), "own linear address");
  }

  @Test
  void insideFaultsOnABlockedPendingOrModifiedPage() {
    int[] states = {EpcmState.BLOCKED, EpcmState.PENDING, EpcmState.MODIFIED};
    for (int state : states) {
      rig.plant(50, PageType.REG, state | EpcmState.R, 0, enclave.base + 0x8000);
      enclave.map(0x8000, 50);
      enclave.enter();
      assertSgxFault(rig.cpu.load(enclave.base + 0x8000, 1), "neither BLOCKED");
      rig.cpu.eexit();
    }
  }

  @Test
  void insideFaultsWithoutPermissionToRead() {
    TestEnclave young = TestEnclave.built(rig, 20, Rig.secs().baseAddress(0).build());
    young.add(0x8000, SecInfo.reg(false, false, true), TestEnclave.ZEROS);
    young.launch();
    young.enter();
    assertSgxFault(rig.cpu.load(young.base + 0x8000, 1), "permits");
    assertThat(rig.cpu.fetch(young.base + 0x8000).isFault()).isFalse();
  }

  @Test
  void insideFaultsWithoutPermissionToWrite() {
    enclave.enter();
    AccessResult result = rig.cpu.store(code, ONES);
    assertSgxFault(result, "permits");
    assertThat(result.errorCode() & AccessResult.PF_WRITE).isNotZero();
  }

  @Test
  void insideFaultsWithoutPermissionToExecute() {
    enclave.enter();
    AccessResult result = rig.cpu.fetch(data);
    assertSgxFault(result, "permits");
    assertThat(result.errorCode() & AccessResult.PF_FETCH).isNotZero();
  }

  @Test
  void accessStaysWithinAPage() {
    enclave.enter();
    assertThatThrownBy(() -> rig.cpu.load(data + 4090, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("within a page");
  }

  private static void assertSgxFault(AccessResult result, String rule) {
    assertThat(result.outcome()).isEqualTo(Outcome.PF);
    assertThat(result.errorCode() & LeafResult.PF_SGX).isNotZero();
    assertThat(result.errorCode() & AccessResult.PF_PRESENT).isNotZero();
    assertThat(result.check()).contains(rule);
    assertThat(result.data()).isNull();
  }

  private TestEnclave otherEnclave() {
    return TestEnclave.launched(rig, 20, Rig.secs().baseAddress(Rig.BASE + Rig.SIZE).build());
  }

  private void storeSecret() {
    enclave.enter();
    rig.cpu.store(data, SECRET);
    rig.cpu.eexit();
  }

  private void assertSecretIsThere() {
    enclave.enter();
    assertThat(rig.cpu.load(data, 7).data()).isEqualTo(SECRET);
    rig.cpu.eexit();
  }
}
