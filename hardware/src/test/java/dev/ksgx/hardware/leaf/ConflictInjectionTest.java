package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertConflictCode;
import static dev.ksgx.hardware.testkit.TestEnclave.RW;
import static dev.ksgx.hardware.testkit.TestEnclave.ZEROS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.paging.EncryptedPage;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.Pcmd;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.Test;

/** Fault injection: the next leaf answers as if another leaf used its page (isa.md 3.2). */
class ConflictInjectionTest {
  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = TestEnclave.built(rig, 0, Rig.secs().build());

  @Test
  void eachLeafGivesItsTableConflictAtItsOwnStep() {
    SigStruct sig = enclave.sig();
    long data = rig.page(enclave.frame(TestEnclave.DATA));
    assertConflict(fail(Encls.ecreate(rig.page(30), Rig.secs().build().bytes())), 6);
    assertConflict(fail(Encls.eadd(rig.page(30), rig.page(0), Rig.BASE, RW, ZEROS)), 6);
    assertConflict(fail(Encls.addPage(rig.page(30), rig.page(0), Rig.BASE, RW, ZEROS, 1)), 6);
    assertConflict(fail(Encls.eextend(rig.page(0), data)), 5);
    assertConflict(fail(Encls.einit(rig.page(0), sig, TestEnclave.NO_TOKEN)), 7);
    assertConflict(fail(Encls.eremove(data)), 3);
    assertConflict(fail(Encls.epa(rig.page(30))), 3);
    assertConflict(fail(Encls.edbgrd(data)), 3);
    assertConflict(fail(Encls.edbgwr(data, 1)), 3);
    assertConflict(fail(Encls.etrack(rig.page(0))), 3);
    assertConflict(fail(Encls.ewb(data, rig.page(40))), 8);
    EvictedPage page = new EvictedPage(0, EncryptedPage.NO_CONTENTS, Pcmd.builder().build());
    assertConflict(fail(Encls.eldu(rig.page(30), 0, 0, page, rig.page(40))), 6);
    assertConflict(fail(Encls.eldb(rig.page(30), 0, 0, page, rig.page(40))), 6);
    for (Leaf leaf : new Leaf[] {Leaf.ELDBC, Leaf.ELDUC}) {
      assertConflictCode(fail(Encls.eld(leaf, rig.page(30), 0, 0, page, rig.page(40))), 6);
    }
    assertConflictCode(fail(Encls.eblock(data)), 3);
    assertConflictCode(fail(Encls.etrackc(data)), 3);
    assertConflictCode(fail(Encls.erdinfo(data)), 3);
    rig.cpu.failNextLeafWithConflict();
    assertConflict(enclave.eenter(rig.cpu), 4);
    rig.cpu.failNextLeafWithConflict();
    assertConflict(enclave.eresume(rig.cpu), 4);
    assertThat(rig.machine.conflicts()).isEqualTo(20);
    rig.assertNothingHeld();
  }

  @Test
  void onlyOneLeafOfThatProcessorFails() {
    rig.cpu.failNextLeafWithConflict();
    assertThat(rig.other.run(Encls.epa(rig.page(30))).isOk()).isTrue();
    assertConflict(rig.cpu.run(Encls.epa(rig.page(31))), 3);
    rig.ok(Encls.epa(rig.page(31)));
  }

  @Test
  void aLeafThatTakesNoAccessWordLeavesTheOrderToTheNext() {
    rig.cpu.failNextLeafWithConflict();
    assertThat(rig.cpu.run(Encls.epa(rig.page(30) + 1)).conflict()).isFalse();
    assertConflict(rig.cpu.run(Encls.epa(rig.page(30))), 3);
  }

  @Test
  void machineCountsConflictsOnly() {
    rig.cpu.run(Encls.epa(rig.page(30) + 1));
    rig.cpu.run(Encls.eremove(rig.page(0)));
    assertThat(rig.machine.conflicts()).isZero();
  }

  private LeafResult fail(EnclsRequest request) {
    rig.cpu.failNextLeafWithConflict();
    return rig.cpu.run(request);
  }
}
