package dev.ksgx.hardware.structure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.structure.Layout.Field;
import dev.ksgx.hardware.structure.Layout.Use;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The predicates that leaves ask: each reserved byte counts, no other byte does. */
class ReservedBytesTest {
  @Test
  void secsReservedBytesAreThoseOfTheTableAndKssFieldsAreAStepOfTheirOwn() {
    holdsForExactlyReserved(
        Secs.LAYOUT,
        true,
        Secs.builder().build().bytes(),
        b -> Secs.parse(b).reservedBytesAreZero());
    Secs clean = Secs.builder().build();
    assertThat(clean.configIsZero()).isTrue();
    assertThat(clean.toBuilder().configSvn(1).build().configIsZero()).isFalse();
    for (int i = 192; i < 256; i++) {
      Secs set = Secs.parse(clean.bytes().withFlippedBit(i, 3));
      assertThat(set.configIsZero()).isFalse();
      assertThat(set.reservedBytesAreZero()).isTrue();
    }
  }

  @Test
  void sigStructReservedBytesDependOnKss() {
    Bytes blank = SigStruct.builder().build().bytes();
    holdsForExactlyReserved(
        SigStruct.LAYOUT, true, blank, b -> SigStruct.parse(b).reservedBytesAreZero(true));
    holdsForExactlyReserved(
        SigStruct.LAYOUT, false, blank, b -> SigStruct.parse(b).reservedBytesAreZero(false));
  }

  @Test
  void sigStructHeaderIsLegalOnlyWithItsFixedValues() {
    SigStruct legal = SigStruct.builder().build();
    assertThat(legal.headerIsLegal()).isTrue();
    assertThat(legal.toBuilder().vendor(SigStruct.VENDOR_INTEL).build().headerIsLegal()).isTrue();
    for (int i = 0; i < SigStruct.LAYOUT.size(); i++) {
      boolean fixed = i < 20 || (i >= 24 && i < 40) || (i >= 512 && i < 516);
      for (int bit = 0; bit < 8; bit++) {
        SigStruct flipped = SigStruct.parse(legal.bytes().withFlippedBit(i, bit));
        assertThat(flipped.headerIsLegal()).as("byte %d bit %d", i, bit).isEqualTo(!fixed);
      }
    }
  }

  @Test
  void einitTokenReservedBytesIncludeTheHighBitsOfValid() {
    holdsForExactlyReserved(
        EinitToken.LAYOUT,
        true,
        EinitToken.NONE.bytes(),
        b -> b.u32(0) != 0 || EinitToken.parse(b).reservedBytesAreZero());
    for (int bit = 0; bit < 32; bit++) {
      EinitToken token = EinitToken.builder().valid(1 << bit).build();
      assertThat(token.reservedBytesAreZero()).as("VALID bit %d", bit).isEqualTo(bit == 0);
      assertThat(token.isPresent()).isEqualTo(bit == 0);
    }
  }

  @Test
  void keyRequestPolicyBitsDependOnKss() {
    Bytes blank = KeyRequest.builder().build().bytes();
    holdsForExactlyReserved(
        KeyRequest.LAYOUT,
        true,
        blank,
        b -> b.u16(2) != 0 || KeyRequest.parse(b).reservedIsZero(true));
    holdsForExactlyReserved(
        KeyRequest.LAYOUT,
        false,
        blank,
        b -> b.u16(2) != 0 || KeyRequest.parse(b).reservedIsZero(false));
    for (int bit = 0; bit < 16; bit++) {
      KeyRequest request = KeyRequest.builder().keyPolicy(1 << bit).build();
      assertThat(request.reservedIsZero(true)).as("KEYPOLICY bit %d", bit).isEqualTo(bit < 6);
      assertThat(request.reservedIsZero(false)).as("KEYPOLICY bit %d", bit).isEqualTo(bit < 2);
      assertThat(request.usesKss()).isEqualTo(bit >= 2 && bit < 6);
    }
    assertThat(KeyRequest.builder().configSvn(1).build().usesKss()).isTrue();
  }

  @Test
  void tcsAndPcmdReservedBytesAreThoseOfTheTable() {
    holdsForExactlyReserved(
        Tcs.LAYOUT, true, Tcs.builder().build().bytes(), b -> Tcs.parse(b).reservedBytesAreZero());
    holdsForExactlyReserved(
        Pcmd.LAYOUT,
        true,
        Pcmd.builder().build().bytes(),
        b -> Pcmd.parse(b).reservedBytesAreZero());
    for (int bit = 0; bit < 64; bit++) {
      assertThat(Tcs.builder().flags(1L << bit).build().reservedFlagsAreZero()).isEqualTo(bit == 0);
    }
  }

  @Test
  void secInfoReservedBitsAreSixSevenAndAboveFifteenAndAllOtherBytes() {
    SecInfo blank = SecInfo.builder().build();
    for (int i = 0; i < 64; i++) {
      for (int bit = 0; bit < 8; bit++) {
        int number = 8 * i + bit;
        SecInfo flipped = SecInfo.parse(blank.bytes().withFlippedBit(i, bit));
        boolean reserved = number == 6 || number == 7 || number >= 16;
        assertThat(flipped.reservedBitsAreZero()).as("bit %d", number).isEqualTo(!reserved);
        assertThat(flipped.stateBitsAreZero()).isEqualTo(number < 3 || number > 5);
      }
    }
  }

  /** Flips one bit of each byte of {@code blank} and asks whether that still passes. */
  private static void holdsForExactlyReserved(
      Layout layout, boolean kss, Bytes blank, Predicate<Bytes> passes) {
    assertThat(passes.test(blank)).isTrue();
    for (Field field : layout.fields()) {
      boolean free = field.use() == Use.VALUE || (kss && field.use() == Use.KSS);
      for (int i = field.offset(); i < field.end(); i++) {
        assertThat(passes.test(blank.withFlippedBit(i, i & 7)))
            .as("%s byte %d in %s", layout.name(), i, field.name())
            .isEqualTo(free);
      }
    }
  }
}
