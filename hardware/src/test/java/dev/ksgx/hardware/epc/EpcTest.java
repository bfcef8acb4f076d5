package dev.ksgx.hardware.epc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sections, frames and the EPCM's budget of memory. */
class EpcTest {
  private static final Map<Class<?>, Integer> ELEMENT_BYTES =
      Map.of(int[].class, 4, long[].class, 8, byte[].class, 1, short[].class, 2);

  @Test
  void framesAreNumberedThroughSectionsByAddress() {
    Epc epc = new Epc(List.of(new Section(0x10_0000, 8192), new Section(0x1000, 4096)));
    assertThat(epc.frames()).isEqualTo(3);
    assertThat(epc.addressOf(0)).isEqualTo(0x1000);
    assertThat(epc.addressOf(1)).isEqualTo(0x10_0000);
    assertThat(epc.addressOf(2)).isEqualTo(0x10_1000);
    for (int frame = 0; frame < 3; frame++) {
      assertThat(epc.frameOf(epc.addressOf(frame))).isEqualTo(frame);
      assertThat(epc.frameOf(epc.addressOf(frame) + 4095)).isEqualTo(frame);
    }
  }

  @Test
  void addressesBetweenAndAroundSectionsHaveNoFrame() {
    Epc epc = new Epc(List.of(new Section(0x1000, 4096), new Section(0x10_0000, 8192)));
    for (long address : new long[] {0, 0xfff, 0x2000, 0xf_ffff, 0x10_2000, -1, Long.MIN_VALUE}) {
      assertThat(epc.frameOf(address)).as("address %x", address).isEqualTo(-1);
    }
    assertThatThrownBy(() -> epc.addressOf(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> epc.inspect(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void sectionsAreAlignedAndDoNotOverlap() {
    assertThatThrownBy(() -> new Section(0x1001, 4096)).hasMessageContaining("multiple of 4096");
    assertThatThrownBy(() -> new Section(0x1000, 100)).hasMessageContaining("multiple of 4096");
    assertThatThrownBy(() -> new Section(0x1000, 0)).hasMessageContaining("positive");
    assertThatThrownBy(() -> new Epc(List.of(new Section(0, 8192), new Section(4096, 4096))))
        .hasMessageContaining("overlap");
    assertThatThrownBy(() -> new Epc(List.of())).hasMessageContaining("at least one section");
  }

  @Test
  void fiveHundredTwelveGibibytesAreTheLimitAndCostNothingUntouched() {
    assertThatThrownBy(() -> new Epc(List.of(new Section(0, Epc.MAX_BYTES + 4096))))
        .hasMessageContaining("512 GiB");
    Epc epc = new Epc(List.of(new Section(1L << 40, Epc.MAX_BYTES)));
    assertThat(epc.frames()).isEqualTo(1 << 27);
    assertThat(epc.epcm().touchedChunks()).isZero();
    int last = epc.frames() - 1;
    assertThat(epc.inspect(last).valid()).isFalse();
    assertThat(epc.epcm().touchedChunks()).as("looking is not touching").isZero();
    epc.epcm().publish(last, EpcmState.valid(PageType.VA, 0), last, 0, null);
    assertThat(epc.inspect(last).valid()).isTrue();
    assertThat(epc.epcm().touchedChunks()).isEqualTo(1);
  }

  @Test
  void epcmEntryStaysWithinTwentyFourBytesAFrame() throws IllegalAccessException {
    EpcmChunk chunk = new EpcmChunk();
    int bytes = 0;
    for (Field field : EpcmChunk.class.getDeclaredFields()) {
      if (field.getType().isArray()) {
        field.setAccessible(true);
        assertThat(java.lang.reflect.Array.getLength(field.get(chunk)))
            .as(field.getName())
            .isEqualTo(EpcmChunk.FRAMES);
        assertThat(ELEMENT_BYTES).as(field.getName()).containsKey(field.getType());
        bytes += ELEMENT_BYTES.get(field.getType());
      }
    }
    assertThat(bytes).isEqualTo(EpcmChunk.BUDGET_BYTES);
    assertThat(EpcmChunk.BUDGET_BYTES).isEqualTo(24);
  }

  @Test
  void contentsAreKeptOnlyWhereSomeoneGaveThem() {
    Epc epc = new Epc(List.of(new Section(0, 16 * 4096)));
    Bytes zeros = Bytes.zeros(4096);
    assertThat(FrameContents.slotFor(zeros)).isNull();
    int reg = EpcmState.valid(PageType.REG, EpcmState.R | EpcmState.W);
    epc.epcm().publish(0, reg, 5, 0, FrameContents.slotFor(zeros));
    assertThat(epc.epcm().slot(0)).isNull();
    assertThat(FrameContents.of(epc.epcm(), 0).page()).isSameAs(zeros);
  }

  @Test
  void sharedContentsAreCopiedByTheFirstWrite() {
    Epc epc = new Epc(List.of(new Section(0, 16 * 4096)));
    Bytes page = Bytes.zeros(4096).withFlippedBit(7, 0);
    int reg = EpcmState.valid(PageType.REG, EpcmState.R | EpcmState.W);
    epc.epcm().publish(0, reg, 5, 0, FrameContents.slotFor(page));
    epc.epcm().publish(1, reg, 5, 4096, FrameContents.slotFor(page));
    assertThat(FrameContents.of(epc.epcm(), 0).page()).isSameAs(page);
    FrameContents.of(epc.epcm(), 0).write(100, Bytes.fromHex("abcd"));
    FrameContents.of(epc.epcm(), 0).write(102, Bytes.fromHex("ef"));
    assertThat(FrameContents.of(epc.epcm(), 0).read(99, 5).hex()).isEqualTo("00abcdef00");
    assertThat(FrameContents.of(epc.epcm(), 0).read(7, 1).hex()).isEqualTo("01");
    assertThat(FrameContents.of(epc.epcm(), 1).page()).isSameAs(page);
    assertThat(page.isZero(100, 4)).isTrue();
  }

  @Test
  void removedPageGivesItsContentsBack() {
    Epc epc = new Epc(List.of(new Section(0, 16 * 4096)));
    int reg = EpcmState.valid(PageType.REG, EpcmState.R);
    epc.epcm().publish(0, reg, 5, 0, Bytes.zeros(4096).withFlippedBit(7, 0));
    epc.epcm().invalidate(0);
    epc.epcm().publish(0, reg, 5, 0, null);
    assertThat(FrameContents.of(epc.epcm(), 0).page().isZero(0, 4096)).isTrue();
  }
}
