package dev.ksgx.hardware.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.structure.Bytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CmacTest {
  private static final Bytes KEY = Bytes.fromHex("2b7e151628aed2a6abf7158809cf4f3c");
  private static final Bytes MESSAGE =
      Bytes.fromHex(
          "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
              + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");

  @Test
  void answersAreThoseOfRfc4493() {
    assertThat(Cmac.aesCmac(KEY).hex()).isEqualTo("bb1d6929e95937287fa37d129b756746");
    assertThat(Cmac.aesCmac(KEY, MESSAGE.slice(0, 16)).hex())
        .isEqualTo("070a16b46b4d4144f79bdd9dd04a287c");
    assertThat(Cmac.aesCmac(KEY, MESSAGE.slice(0, 40)).hex())
        .isEqualTo("dfa66747de9ae63030ca32611497c827");
    assertThat(Cmac.aesCmac(KEY, MESSAGE).hex()).isEqualTo("51f0bebf7e3b9d92fc49741779363cfe");
  }

  @Test
  void partsAreOneMessage() {
    assertThat(Cmac.aesCmac(KEY, MESSAGE.slice(0, 7), MESSAGE.slice(7, 57)))
        .isEqualTo(Cmac.aesCmac(KEY, MESSAGE));
  }

  @Test
  void theLaunchKeyOfTheSdkSimulationIsTheKnownAnswer() {
    Bytes key = Bytes.fromHex("aa55".repeat(8));
    Bytes ownerEpoch = Bytes.copyOf("THISISOWNEREPOCH".getBytes(StandardCharsets.US_ASCII));
    Bytes dependencies = Bytes.zeros(128).with(28, ownerEpoch);
    assertThat(Cmac.aesCmac(key, dependencies).hex()).isEqualTo("98f875938c0df26d376cbb26511e5494");
  }

  @Test
  void anyOtherKeySizeIsRefused() {
    assertThatThrownBy(() -> Cmac.aesCmac(Bytes.zeros(32)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("AES-CMAC key: 32 bytes, expected 16");
  }
}
