package dev.ksgx.hardware.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import org.junit.jupiter.api.Test;

class BytesTest {
  private static final Bytes SAMPLE = Bytes.fromHex("0123456789abcdef80ff");

  @Test
  void integersAreLittleEndianAndUnsignedWhereTheyFit() {
    assertThat(SAMPLE.u8(8)).isEqualTo(0x80);
    assertThat(SAMPLE.u16(8)).isEqualTo(0xff80);
    assertThat(SAMPLE.u32(0)).isEqualTo(0x67452301);
    assertThat(SAMPLE.u64(1)).isEqualTo(0x80efcdab89674523L);
  }

  @Test
  void aCopyDoesNotFollowItsSource() {
    byte[] source = {1, 2, 3};
    Bytes copy = Bytes.copyOf(source);
    source[0] = 9;
    copy.toByteArray()[1] = 9;
    assertThat(copy.hex()).isEqualTo("010203");
  }

  @Test
  void slicesEqualStringsOfTheSameContent() {
    Bytes slice = SAMPLE.slice(2, 3);
    assertThat(slice).isEqualTo(Bytes.fromHex("456789")).hasSameHashCodeAs(Bytes.fromHex("456789"));
    assertThat(slice).isNotEqualTo(SAMPLE.slice(3, 3));
    assertThat(slice.u16(1)).isEqualTo(0x8967);
    assertThat(slice.with(1, Bytes.fromHex("ff")).hex()).isEqualTo("45ff89");
    assertThat(slice.withFlippedBit(2, 7).hex()).isEqualTo("456709");
  }

  @Test
  void aRangeOutsideIsRefusedEvenInsideTheSharedArray() {
    Bytes slice = SAMPLE.slice(2, 3);
    assertThatThrownBy(() -> slice.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.u32(0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.slice(1, Integer.MAX_VALUE))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aZeroPageIsSharedAndZero() {
    assertThat(Bytes.zeros(4096)).isSameAs(Bytes.zeros(4096));
    assertThat(Bytes.zeros(4096).isZero(0, 4096)).isTrue();
    assertThat(Bytes.zeros(5000).length()).isEqualTo(5000);
    for (int i = 0; i < 20; i++) {
      Bytes one = Bytes.zeros(20).withFlippedBit(i, 2);
      assertThat(one.isZero(0, 20)).isFalse();
      assertThat(one.isZero(0, i)).isTrue();
      assertThat(one.isZero(i + 1, 19 - i)).isTrue();
    }
  }

  @Test
  void sha256IsThatOfTheSlice() throws Exception {
    byte[] abc = {'x', 'a', 'b', 'c'};
    String known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assertThat(Bytes.copyOf(abc).slice(1, 3).sha256().hex()).isEqualTo(known);
    MessageDigest digest = Bytes.newSha256();
    Bytes.copyOf(abc).updateDigest(digest, 1, 3);
    assertThat(Bytes.copyOf(digest.digest()).hex()).isEqualTo(known);
  }
}
