package dev.ksgx.hardware.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Tcs;
import org.junit.jupiter.api.Test;

class EnclaveImageTest {
  private static final Bytes ZERO = Bytes.zeros(4096);
  private static final SecInfo RW = SecInfo.reg(true, true, false);

  @Test
  void theFourthKnownAnswerBuiltAsAnImage() {
    Tcs tcs = Tcs.builder().ossa(0x2000).nssa(1).fsLimit(-1).gsLimit(-1).build();
    Bytes code = Bytes.fromHex("0f0b" + "90".repeat(4094));
    EnclaveImage image =
        EnclaveImage.builder("known")
            .sizeBytes(0x4000)
            .page(0x1000, SecInfo.tcs(), tcs.bytes(), 0xffff)
            .at(0)
            .code(code)
            .at(0x2000)
            .data(ZERO)
            .build();
    assertThat(image.mrenclave().hex())
        .isEqualTo("f548a39d796424d942709c6dd5a3d2df9eb3fe991cb03346b7ded9c2406c81a3");
  }

  @Test
  void aTcsIsKeptAsEaddStoresIt() {
    Bytes given = Tcs.builder().state(1).flags(1).cssa(3).aep(9).ossa(0x1000).build().bytes();
    EnclaveImage.Page page =
        new EnclaveImage.Page(0, SecInfo.of(PageType.TCS, SecInfo.R | SecInfo.W), given, 0xffff);
    assertThat(page.secInfo()).isEqualTo(SecInfo.tcs());
    assertThat(page.content()).isEqualTo(Tcs.builder().ossa(0x1000).build().bytes());
  }

  @Test
  void sizeIsTheSmallestPowerOfTwoThatHoldsAllPages() {
    assertThat(EnclaveImage.builder("a").heap(1).build().sizeBytes()).isEqualTo(0x2000);
    assertThat(EnclaveImage.builder("a").heap(2).build().sizeBytes()).isEqualTo(0x2000);
    assertThat(EnclaveImage.builder("a").heap(3).build().sizeBytes()).isEqualTo(0x4000);
    assertThat(EnclaveImage.builder("a").heap(4).build().sizeBytes()).isEqualTo(0x4000);
    assertThat(EnclaveImage.builder("a").at(0x10000).heap(1).build().sizeBytes())
        .isEqualTo(0x20000);
  }

  @Test
  void pagesFollowEachOtherAndAThreadBringsItsFrames() {
    EnclaveImage image =
        EnclaveImage.builder("layout")
            .ssaFrameSize(2)
            .code(Bytes.fromHex("90".repeat(5000)))
            .thread(0x10, 3)
            .heap(2)
            .build();
    assertThat(image.pages()).hasSize(2 + 1 + 6 + 2);
    for (int i = 0; i < image.pages().size(); i++) {
      assertThat(image.pages().get(i).offset()).isEqualTo(4096L * i);
    }
    assertThat(image.pages().get(1).content().isZero(5000 - 4096, 4096 - (5000 - 4096))).isTrue();
    Tcs tcs = Tcs.parse(image.pages().get(2).content());
    assertThat(tcs.ossa()).isEqualTo(0x3000);
    assertThat(tcs.nssa()).isEqualTo(3);
    assertThat(image.pages().get(10).content()).isSameAs(ZERO);
    assertThat(image.pages().get(10).mrmask()).isZero();
  }

  @Test
  void pagesTwiceBeyondSizeOrMisshapenAreRefused() {
    assertThatThrownBy(() -> EnclaveImage.builder("x").heap(1).at(0).heap(1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x: page at offset 0x0");
    assertThatThrownBy(() -> EnclaveImage.builder("x").sizeBytes(0x2000).heap(3).build())
        .hasMessageContaining("beyond SIZE 0x2000");
    assertThatThrownBy(() -> new EnclaveImage.Page(0x800, RW, ZERO, 0))
        .hasMessageContaining("expected a multiple of 0x1000");
    assertThatThrownBy(() -> new EnclaveImage.Page(0, RW, Bytes.zeros(4095), 0))
        .hasMessageContaining("4095 bytes, expected 4096");
    assertThatThrownBy(() -> new EnclaveImage.Page(0, RW, ZERO, 0x10000))
        .hasMessageContaining("expected 16 bits");
  }
}
