package dev.ksgx.hardware.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Tcs;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The made-up enclaves of isa.md 10.2. */
class MeasurementTest {
  private static final SecInfo RW = SecInfo.reg(true, true, false);
  private static final SecInfo RX = SecInfo.reg(true, false, true);
  private static final Bytes ZERO = Bytes.zeros(4096);

  static final Tcs TCS =
      Tcs.builder().ossa(0x2000).nssa(1).fsLimit(0xffffffff).gsLimit(0xffffffff).build();

  @Test
  void ecreateAloneIsTheFirstKnownAnswer() {
    Measurement measurement = Measurement.ecreate(1, 0x2000);
    assertThat(measurement.finish().hex())
        .isEqualTo("9e197c8837c6d65632dbdd59cd7df4f1a25b68d8e4e5eb6ca3b20b05311fecb8");
    assertThat(measurement.blocks()).isEqualTo(1);
  }

  @Test
  void blocksHaveTheBytesOfTheManual() {
    String ecreate = "4543524541544500" + "01000000" + "0020000000000000" + "00".repeat(44);
    String eadd = "4541444400000000" + "0000000000000000" + "0302000000000000" + "00".repeat(40);
    Measurement measurement = Measurement.ecreate(1, 0x2000);
    assertThat(measurement.finish()).isEqualTo(Bytes.fromHex(ecreate).sha256());
    measurement.eadd(0, RW);
    assertThat(measurement.finish()).isEqualTo(Bytes.fromHex(ecreate + eadd).sha256());
  }

  @Test
  void anUnmeasuredPageIsTheSecondKnownAnswer() {
    Measurement measurement = Measurement.ecreate(1, 0x2000);
    measurement.eadd(0, RW);
    assertThat(measurement.finish().hex())
        .isEqualTo("995c454650d39811c9c53e1af534aa6c34a496ce9302c34e0ced2c7a7e2c4103");
    assertThat(measurement.blocks()).isEqualTo(2);
  }

  @Test
  void aMeasuredZeroPageIsTheThirdKnownAnswer() {
    String known = "1f2cf80bd03ffd8bfac33f7cba128aff511c3af666b93bb66e7ef718418bdade";
    Measurement leafByLeaf = Measurement.ecreate(1, 0x2000);
    leafByLeaf.eadd(0, RW);
    for (int chunk = 0; chunk < 4096; chunk += 256) {
      leafByLeaf.eextend(0, ZERO, chunk);
    }
    Measurement byPage = Measurement.ecreate(1, 0x2000);
    byPage.addPage(0, RW, ZERO, Measurement.WHOLE_PAGE);
    assertThat(leafByLeaf.finish().hex()).isEqualTo(known);
    assertThat(byPage.finish().hex()).isEqualTo(known);
    assertThat(leafByLeaf.blocks()).isEqualTo(82).isEqualTo(byPage.blocks());
  }

  @Test
  void threePagesWithATcsAreTheFourthKnownAnswer() {
    Measurement measurement = Measurement.ecreate(1, 0x4000);
    measurement.addPage(0x1000, SecInfo.tcs(), TCS.bytes(), Measurement.WHOLE_PAGE);
    measurement.addPage(0, RX, code(), Measurement.WHOLE_PAGE);
    measurement.addPage(0x2000, RW, ZERO, Measurement.WHOLE_PAGE);
    assertThat(measurement.finish().hex())
        .isEqualTo("f548a39d796424d942709c6dd5a3d2df9eb3fe991cb03346b7ded9c2406c81a3");
    assertThat(measurement.blocks()).isEqualTo(244);
  }

  @Test
  void finishingDoesNotDisturbTheRunningState() {
    Measurement disturbed = Measurement.ecreate(1, 0x2000);
    disturbed.finish();
    disturbed.eadd(0, RW);
    disturbed.finish();
    disturbed.eextend(0, ZERO, 0x300);
    Measurement plain = Measurement.ecreate(1, 0x2000);
    plain.addPage(0, RW, ZERO, 1 << 3);
    assertThat(disturbed.finish()).isEqualTo(plain.finish());
  }

  @Test
  void theMaskSaysWhichChunksAreMeasuredAscending() {
    Bytes page = code();
    Measurement byMask = Measurement.ecreate(1, 0x2000);
    byMask.addPage(0x1000, RX, page, 0x8005);
    Measurement leafByLeaf = Measurement.ecreate(1, 0x2000);
    leafByLeaf.eadd(0x1000, RX);
    leafByLeaf.eextend(0x1000, page, 0);
    leafByLeaf.eextend(0x1000, page, 0x200);
    leafByLeaf.eextend(0x1000, page, 0xf00);
    assertThat(byMask.finish()).isEqualTo(leafByLeaf.finish());
    assertThat(byMask.blocks()).isEqualTo(1 + 1 + 15);
  }

  @Test
  void aChunkThatIsNoneAndAMaskOfSeventeenBitsAreRefused() {
    Measurement measurement = Measurement.ecreate(1, 0x2000);
    for (int bad : new int[] {-256, 1, 255, 4096}) {
      assertThatThrownBy(() -> measurement.eextend(0, ZERO, bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> measurement.addPage(0, RW, ZERO, 0x10000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void largeSizesAndFrameSizesKeepAllTheirBits() {
    String ecreate = "4543524541544500" + "785634f2" + "efcdab8967452301" + "00".repeat(44);
    assertThat(Measurement.ecreate(0xf2345678, 0x0123456789abcdefL).finish())
        .isEqualTo(Bytes.fromHex(ecreate).sha256());
  }

  static Bytes code() {
    byte[] page = new byte[4096];
    Arrays.fill(page, (byte) 0x90);
    page[0] = 0x0f;
    page[1] = 0x0b;
    return Bytes.copyOf(page);
  }
}
