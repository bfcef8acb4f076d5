package dev.ksgx.hardware.paging;

import static dev.ksgx.hardware.testkit.Rig.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.measure.MeasurementNode;
import dev.ksgx.hardware.measure.MeasurementTrie;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EvictedSecs;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.Swap;
import dev.ksgx.hardware.testkit.TestEnclave;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An SECS takes what hardware hides in it along and brings it back (isa.md 1.1, 8.1). */
class SecsEvictionTest {
  private static final Bytes SOME = TestEnclave.ZEROS.withFlippedBit(99, 3);

  private final Rig rig = Rig.everything();

  @Test
  void initialisedEnclaveComesBackWholeAndItsPagesWithIt() {
    Bytes family = Bytes.fromHex("00112233445566778899aabbccddeeff");
    Secs kss = Rig.secs(Attributes.MODE64BIT | Attributes.DEBUG | Attributes.KSS).build();
    TestEnclave enclave = TestEnclave.built(rig, 0, kss);
    enclave.launch(
        Signer.sign(
            enclave.sigBody().isvFamilyId(family).isvExtProdId(family.withFlippedBit(0, 0)),
            ModelKeys.signer(0)));
    Swap swap = new Swap(rig, enclave);
    SecsState before = rig.epcm.secs(0);
    List<EvictedPage> pages = new ArrayList<>();
    for (int frame = 1; frame <= 6; frame++) {
      pages.add(swap.evict(rig.page(frame), frame));
    }
    EvictedPage secs = swap.write(rig.page(0), swap.slot(0));
    assertThat(rig.epcm.secs(0)).isNull();

    rig.ok(Encls.eldu(rig.page(20), 0, 0, secs, swap.slot(0)));
    SecsState after = rig.epcm.secs(20);
    assertThat(after.eid()).isEqualTo(before.eid());
    assertThat(after.frame()).isEqualTo(20);
    assertThat(after.image()).isEqualTo(before.image());
    assertThat(after.launched()).isEqualTo(before.launched());
    assertThat(after.launched().isvFamilyId()).isEqualTo(family);
    assertThat(after.children()).isZero();
    assertThat(rig.machine.epc().inspect(20).owner()).isEqualTo(20);
    for (int i = 0; i < 6; i++) {
      EvictedPage page = pages.get(i);
      rig.ok(Encls.eldu(rig.page(21 + i), rig.page(20), page.linaddr(), page, swap.slot(1 + i)));
      enclave.mapAddress(page.linaddr(), rig.page(21 + i));
    }
    assertThat(after.children()).isEqualTo(6);
    enclave.enter();
    assertThat(rig.cpu.load(Rig.BASE + TestEnclave.DATA, 8).isFault()).isFalse();
    rig.cpu.eexit();
  }

  @Test
  void enclaveUnderConstructionGoesOnMeasuringWhereItWas() {
    TestEnclave straight = TestEnclave.built(rig, 0, Rig.secs().build());
    straight.add(0x8000, SecInfo.reg(true, false, false), SOME);
    TestEnclave evicted = TestEnclave.built(rig, 10, Rig.secs().build());
    Swap swap = new Swap(rig, evicted);
    List<EvictedPage> pages = new ArrayList<>();
    for (int frame = 11; frame <= 16; frame++) {
      pages.add(swap.evict(rig.page(frame), frame));
    }
    EvictedPage secs = swap.write(rig.page(10), swap.slot(0));
    rig.ok(Encls.eldu(rig.page(10), 0, 0, secs, swap.slot(0)));
    assertThat(rig.epcm.secs(10).initialised()).isFalse();
    evicted.add(0x8000, SecInfo.reg(true, false, false), SOME);
    for (int frame = 11; frame <= 16; frame++) {
      swap.load(rig.page(frame), pages.get(frame - 11), frame);
    }
    assertThat(rig.epcm.secs(10).measurement().mrenclave())
        .isEqualTo(rig.epcm.secs(0).measurement().mrenclave());
    evicted.launch(straight.sig());
  }

  @Test
  void anotherMeasurementThanTheOneInThePageIsRefused() {
    Swap swap = new Swap(rig, new TestEnclave(rig, 0, Rig.secs().build()));
    MeasurementNode own = rig.epcm.secs(0).measurement();
    EvictedPage secs = swap.write(rig.page(0), swap.slot(0));
    MeasurementNode longer = own.eadd(0, TestEnclave.RW);
    MeasurementNode other = new MeasurementTrie().root(2, Rig.SIZE);
    for (MeasurementNode wrong : new MeasurementNode[] {null, longer, other}) {
      EncryptedPage page = new EncryptedPage(secs.page().ciphertext(), wrong);
      EvictedPage forged = new EvictedPage(0, page, secs.pcmd());
      assertCode(
          rig.cpu.run(Encls.eldu(rig.page(0), 0, 0, forged, swap.slot(0))),
          10,
          SgxCode.MAC_COMPARE_FAIL);
    }
    rig.ok(Encls.eldu(rig.page(0), 0, 0, secs, swap.slot(0)));
    assertThat(rig.epcm.secs(0).measurement()).isSameAs(own);
  }

  @Test
  void hiddenFieldsLieInTheLastReservedAreaOnly() {
    Secs secs =
        Rig.secs(Attributes.MODE64BIT | Attributes.KSS)
            .configId(Bytes.zeros(64).withFlippedBit(63, 7))
            .configSvn(0xffff)
            .build();
    EvictedSecs page =
        EvictedSecs.builder(secs)
            .eid(-1)
            .isvFamilyId(ones(16))
            .isvExtProdId(ones(16))
            .padding(ones(352))
            .measuredBlocks(-1)
            .measurement(ones(32))
            .build();
    assertThat(page.secs()).isEqualTo(secs);
    assertThat(page.eid()).isEqualTo(-1);
    assertThat(page.isvFamilyId()).isEqualTo(ones(16));
    assertThat(page.isvExtProdId()).isEqualTo(ones(16));
    assertThat(page.padding()).isEqualTo(ones(352));
    assertThat(page.measuredBlocks()).isEqualTo(-1);
    assertThat(page.measurement()).isEqualTo(ones(32));
  }

  private static Bytes ones(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0xff);
    return Bytes.copyOf(bytes);
  }
}
