package dev.ksgx.hardware.structure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Structures of paging whose offsets are not architectural: isa.md 1.14 and 1.15. */
class PagingLayoutTest {
  @Test
  void macHeaderHasItsFieldsWhereTheTableSays() {
    Pcmd pcmd =
        Pcmd.parse(filled(128, (byte) 0xa0).with(112, Bytes.zeros(16)).with(64, Bytes.zeros(8)));
    Bytes header = MacHeader.of(0x1122334455667788L, 0x7000_0000L, pcmd).bytes();
    assertThat(header.length()).isEqualTo(128);
    assertThat(header.u64(0)).isEqualTo(0x1122334455667788L);
    assertThat(header.u64(8)).isEqualTo(0x7000_0000L);
    assertThat(header.slice(16, 64)).isEqualTo(pcmd.bytes().slice(0, 64));
    assertThat(header.slice(80, 40)).isEqualTo(pcmd.bytes().slice(72, 40));
    assertThat(header.isZero(120, 8)).isTrue();
  }

  /** Everything of the PCMD but ENCLAVEID and MAC. */
  @Test
  void macHeaderDependsOnSecInfoAndReservedBytesOfThePcmd() {
    Pcmd pcmd = Pcmd.builder().build();
    MacHeader header = MacHeader.of(1, 2, pcmd);
    for (int i = 0; i < 128; i++) {
      MacHeader flipped = MacHeader.of(1, 2, Pcmd.parse(pcmd.bytes().withFlippedBit(i, i & 7)));
      boolean bound = i < 64 || i >= 72 && i < 112;
      assertThat(flipped.equals(header)).as("byte %d", i).isEqualTo(!bound);
    }
  }

  @Test
  void rdInfoHasItsFieldsWhereTheModelPutsThem() {
    RdInfo info = RdInfo.of(1, 2, 3);
    assertThat(info.bytes().length()).isEqualTo(32);
    assertThat(info.bytes().u64(0)).isEqualTo(1).isEqualTo(info.status());
    assertThat(info.bytes().u64(8)).isEqualTo(2).isEqualTo(info.flags());
    assertThat(info.bytes().u64(16)).isEqualTo(3).isEqualTo(info.enclaveContext());
    assertThat(info.bytes().u64(24)).isZero();
  }

  private static Bytes filled(int length, byte value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, value);
    return Bytes.copyOf(bytes);
  }
}
