package dev.ksgx.hardware.leaf;

import static dev.ksgx.hardware.testkit.Rig.BASE;
import static dev.ksgx.hardware.testkit.Rig.assertConflict;
import static dev.ksgx.hardware.testkit.Rig.assertPf;
import static dev.ksgx.hardware.testkit.TestEnclave.RW;
import static dev.ksgx.hardware.testkit.TestEnclave.ZEROS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import org.junit.jupiter.api.Test;

/** The compound step of EADD and EEXTENDs. */
class AddPageTest {
  private final Rig rig = Rig.everything();

  @Test
  void measuresWhatTheLeavesOneByOneMeasure() {
    Bytes content = ZEROS.withFlippedBit(100, 3).withFlippedBit(2000, 1);
    for (int mask : new int[] {0, 1, 0x8000, 0x00f0, 0xffff}) {
      rig.create(0);
      rig.create(2);
      rig.ok(Encls.addPage(rig.page(1), rig.page(0), BASE, RW, content, mask));
      rig.ok(Encls.eadd(rig.page(3), rig.page(2), BASE, RW, content));
      for (int chunk = 0; chunk < 16; chunk++) {
        if ((mask & 1 << chunk) != 0) {
          rig.ok(Encls.eextend(rig.page(2), rig.page(3) + 256 * chunk));
        }
      }
      assertThat(rig.epcm.secs(0).measurement().mrenclave())
          .as("mask %x", mask)
          .isEqualTo(rig.epcm.secs(2).measurement().mrenclave());
      for (int frame : new int[] {1, 3, 0, 2}) {
        rig.ok(Encls.eremove(rig.page(frame)));
      }
    }
  }

  @Test
  void measuresATcsAsItIsStored() {
    rig.create(0);
    rig.create(2);
    Bytes dirty = TestEnclave.tcs().cssa(5).aep(6).build().bytes();
    Bytes clean = TestEnclave.tcs().build().bytes();
    rig.ok(Encls.addPage(rig.page(1), rig.page(0), BASE, SecInfo.tcs(), dirty, 0xffff));
    rig.ok(Encls.addPage(rig.page(3), rig.page(2), BASE, SecInfo.tcs(), clean, 0xffff));
    assertThat(rig.epcm.secs(0).measurement().mrenclave())
        .isEqualTo(rig.epcm.secs(2).measurement().mrenclave());
  }

  @Test
  void hasTheChecksAndWordsOfEadd() {
    rig.create(0);
    LeafInFlight first =
        rig.cpu.begin(Encls.addPage(rig.page(1), rig.page(0), BASE, RW, ZEROS, 0xffff));
    EnclsRequest second = Encls.addPage(rig.page(2), rig.page(0), BASE, RW, ZEROS, 0xffff);
    assertConflict(rig.other.run(second), 14);
    first.end();
    assertPf(
        rig.cpu.run(Encls.addPage(rig.page(1), rig.page(0), BASE, RW, ZEROS, 0xffff)),
        7,
        rig.page(1));
    rig.assertNothingHeld();
  }

  @Test
  void refusesAMaskOfMoreThanSixteenChunks() {
    assertThatThrownBy(() -> Encls.addPage(rig.page(1), rig.page(0), BASE, RW, ZEROS, 1 << 16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16 chunks");
  }
}
