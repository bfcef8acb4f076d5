package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.TestEnclave.RW;
import static dev.ksgx.hardware.testkit.TestEnclave.ZEROS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.epc.VersionArray;
import dev.ksgx.hardware.paging.EvictedPage;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A leaf that is aborted has done nothing, counted nothing and holds nothing. */
class AbortTest {
  private final Rig rig = Rig.everything();
  private final TestEnclave enclave = TestEnclave.built(rig, 0, Rig.secs().build());

  @TestFactory
  List<DynamicTest> abortedLeafLeavesTheMachineAsItWas() {
    SigStruct sig = enclave.sig();
    TestEnclave.setHash(rig.cpu, sig.mrsigner());
    long data = rig.page(enclave.frame(TestEnclave.DATA));
    rig.ok(Encls.epa(rig.page(40)));
    rig.ok(Encls.epa(rig.page(41)));
    long code = rig.page(enclave.frame(TestEnclave.CODE));
    rig.create(55);
    EvictedPage out = evict(rig.page(enclave.frame(TestEnclave.OPERANDS)));
    rig.ok(Encls.eblock(code));
    rig.ok(Encls.etrack(rig.page(0)));
    List<EnclsRequest> requests =
        List.of(
            Encls.ecreate(rig.page(30), Rig.secs().build().bytes()),
            Encls.eadd(rig.page(30), rig.page(0), Rig.BASE + 0x8000, RW, ZEROS),
            Encls.addPage(rig.page(30), rig.page(0), Rig.BASE + 0x8000, RW, ZEROS, 0xffff),
            Encls.eextend(rig.page(0), data),
            Encls.einit(rig.page(0), sig, TestEnclave.NO_TOKEN),
            Encls.eremove(data),
            Encls.eremove(rig.page(41)),
            Encls.eremove(rig.page(50)),
            Encls.epa(rig.page(30)),
            Encls.eblock(data),
            Encls.etrack(rig.page(0)),
            Encls.etrackc(data),
            Encls.ewb(code, rig.page(40) + 8),
            Encls.ewb(rig.page(55), rig.page(40) + 8),
            Encls.eldu(rig.page(30), rig.page(0), out.linaddr(), out, rig.page(40)),
            Encls.eldb(rig.page(30), rig.page(0), out.linaddr(), out, rig.page(40)),
            Encls.erdinfo(data),
            Encls.edbgrd(data),
            Encls.edbgwr(data, 77));
    List<DynamicTest> tests = new ArrayList<>();
    for (EnclsRequest request : requests) {
      String name = request.getClass().getSimpleName() + " of " + request.leaf();
      tests.add(DynamicTest.dynamicTest(name, () -> assertAbortUndoes(request)));
    }
    return tests;
  }

  private void assertAbortUndoes(EnclsRequest request) {
    List<Object> before = snapshot();
    LeafInFlight leaf = rig.cpu.begin(request);
    assertThat(leaf.result().describe()).endsWith(": done");
    assertThat(snapshot()).as("in flight the leaf holds words").isNotEqualTo(before);
    leaf.abort();
    assertThat(snapshot()).isEqualTo(before);
    rig.assertNothingHeld();
    assertThat(rig.cpu.inFlight()).isNull();
  }

  private EvictedPage evict(long page) {
    rig.ok(Encls.eblock(page));
    rig.ok(Encls.etrack(rig.page(0)));
    LeafInFlight leaf = rig.cpu.begin(Encls.ewb(page, rig.page(40)));
    leaf.end();
    return leaf.evicted();
  }

  /** A launch is killed after each of its leaves has begun; then everything can be removed. */
  @Test
  void launchKilledAtAnyPointLeavesNoAccessWordAndNoFrame() {
    for (int killAt = 0; killAt < 9; killAt++) {
      Rig fresh = Rig.everything();
      TestEnclave image = enclave;
      List<EnclsRequest> launch = new ArrayList<>();
      launch.add(Encls.ecreate(fresh.page(0), Rig.secs().build().bytes()));
      for (int i = 1; i <= 6; i++) {
        Bytes content = ZEROS.withFlippedBit(i, 0);
        launch.add(
            Encls.addPage(fresh.page(i), fresh.page(0), Rig.BASE + 4096L * i, RW, content, 0xffff));
      }
      launch.add(Encls.eextend(fresh.page(0), fresh.page(1)));
      launch.add(Encls.einit(fresh.page(0), image.sig(), TestEnclave.NO_TOKEN));
      for (int i = 0; i < killAt; i++) {
        fresh.cpu.run(launch.get(i));
      }
      fresh.cpu.begin(launch.get(killAt)).abort();
      fresh.assertNothingHeld();
      for (int frame = 6; frame >= 0; frame--) {
        fresh.ok(Encls.eremove(fresh.page(frame)));
      }
      for (int frame = 0; frame < Rig.FRAMES; frame++) {
        assertThat(fresh.machine.epc().inspect(frame).valid()).isFalse();
      }
    }
  }

  private List<Object> snapshot() {
    List<Object> all = new ArrayList<>();
    for (int frame = 0; frame < Rig.FRAMES; frame++) {
      EpcInspection entry = rig.machine.epc().inspect(frame);
      all.add(entry);
    }
    all.add(rig.epcm.secs(0).children());
    all.add(rig.epcm.secs(0).tracking().epoch());
    VersionArray versions = rig.epcm.versions(40);
    for (int slot = 0; versions != null && slot < 3; slot++) {
      all.add(versions.version(slot));
      if (versions.tryClaim(slot)) {
        versions.free(slot);
      } else {
        all.add("claimed");
      }
    }
    all.add(rig.epcm.secs(0).measurement().mrenclave());
    all.add(rig.epcm.secs(0).initialised());
    all.add(rig.epcm.secs(0).tracking().tryBeginRemoval());
    rig.epcm.secs(0).tracking().endRemoval();
    all.add(rig.epcm.secs(0).tracking().tracked(rig.epcm.secs(0).tracking().epoch() - 1));
    long entry = rig.epcm.secs(0).tracking().tryEnter();
    all.add(entry);
    if (entry >= 0) {
      rig.epcm.secs(0).tracking().leave(entry);
    }
    return all;
  }
}
