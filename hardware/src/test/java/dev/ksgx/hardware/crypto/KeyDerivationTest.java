package dev.ksgx.hardware.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.structure.Bytes;
import org.junit.jupiter.api.Test;

/** The layout of key dependencies and the two ways to derive (isa.md 7.3, 7.5, 10.3). */
class KeyDerivationTest {
  private static final Bytes ROOT = Bytes.fromHex("000102030405060708090a0b0c0d0e0f");

  @Test
  void layoutHasEveryRowOnceWithoutGapOrOverlap() {
    int next = 0;
    for (KeyField field : KeyField.values()) {
      assertThat(field.offset()).as(field.name()).isEqualTo(next);
      next += field.size();
    }
    assertThat(next).isEqualTo(KeyField.layoutSize());
    assertThat(KeyField.values()).as("rows of isa.md 7.3").hasSize(19);
  }

  @Test
  void eachBitOfEachRowChangesTheKey() {
    KeyDerivation keys = new KeyDerivation(KeyLayout.MODEL, ROOT);
    Bytes zero = keys.derive(new KeyDependencies(0));
    for (KeyField field : KeyField.values()) {
      for (int at : new int[] {0, field.size() - 1}) {
        Bytes value = Bytes.zeros(field.size()).withFlippedBit(at, 7);
        assertThat(keys.derive(new KeyDependencies(0).set(field, value)))
            .as("%s byte %d", field, at)
            .isNotEqualTo(zero);
      }
    }
  }

  @Test
  void keyIsTheCmacOfTheLayoutUnderTheDeviceRoot() {
    KeyDerivation keys = new KeyDerivation(KeyLayout.MODEL, ROOT);
    byte[] image = new byte[KeyField.layoutSize()];
    image[0] = 4;
    image[KeyField.MISCMASK.offset()] = (byte) 0xfe;
    image[KeyField.MISCMASK.offset() + 1] = (byte) 0xff;
    image[KeyField.MISCMASK.offset() + 2] = (byte) 0xff;
    image[KeyField.MISCMASK.offset() + 3] = (byte) 0xff;
    assertThat(keys.derive(new KeyDependencies(4).set(KeyField.MISCMASK, ~1)))
        .isEqualTo(Cmac.aesCmac(ROOT, Bytes.copyOf(image)));
  }

  /** Known answer of isa.md 10.3. */
  @Test
  void sdkSimulationGivesItsLaunchKey() {
    KeyDerivation sdk = new KeyDerivation(KeyLayout.SDK_SIMULATION, ROOT);
    assertThat(
            sdk.derive(
                    new KeyDependencies(0).set(KeyField.SGXOWNEREPOCH, SdkSimulation.OWNER_EPOCH))
                .hex())
        .isEqualTo("98f875938c0df26d376cbb26511e5494");
  }

  @Test
  void cpuSvnIsComparedByteByByte() {
    KeyDerivation keys = new KeyDerivation(KeyLayout.MODEL, ROOT);
    Bytes current = Bytes.fromHex("02070000000000000000000000000001");
    assertThat(keys.cpuSvnIsLegal(current, current)).isTrue();
    assertThat(keys.cpuSvnIsLegal(Bytes.zeros(16), current)).isTrue();
    assertThat(keys.cpuSvnIsLegal(current.withFlippedBit(0, 0), current)).isFalse();
    assertThat(keys.cpuSvnIsLegal(Bytes.fromHex("ff" + "00".repeat(15)), current)).isFalse();
    assertThat(keys.cpuSvnIsLegal(Bytes.fromHex("01070000000000000000000000000000"), current))
        .isTrue();
  }

  @Test
  void aRowTakesItsSizeOnly() {
    assertThatThrownBy(() -> new KeyDependencies(0).set(KeyField.CPUSVN, Bytes.zeros(15)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("CPUSVN: 15 bytes, expected 16");
  }
}
