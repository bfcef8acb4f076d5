package dev.ksgx.hardware.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.launch.SignatureCheck;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.SignatureVerdict;
import dev.ksgx.hardware.structure.Tcs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SampleEnclavesTest {
  static Stream<SignedEnclave> samples() {
    return Stream.of(
        SampleEnclaves.tiny(),
        SampleEnclaves.tiny(3),
        SampleEnclaves.pages(5),
        SampleEnclaves.pages(200, 1),
        SampleEnclaves.seventyFivePages(),
        SampleEnclaves.launchEnclave());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void isSignedForWhatItMeasuresTo(SignedEnclave sample) {
    SigStruct sig = sample.sigStruct();
    EnclaveImage image = sample.image();
    assertThat(SignatureCheck.verify(sig)).isEqualTo(SignatureVerdict.VALID);
    assertThat(sig.headerIsLegal()).isTrue();
    assertThat(sig.reservedBytesAreZero(false)).isTrue();
    assertThat(sig.enclaveHash()).isEqualTo(image.mrenclave());
    assertThat(image.attributes().and(sig.attributeMask()))
        .isEqualTo(sig.attributes().and(sig.attributeMask()));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void comesBackFromItsOwnStream(SignedEnclave sample) throws IOException {
    EnclaveImage image = sample.image();
    Bytes stream = image.toSgxs();
    assertThat(stream.sha256()).isEqualTo(image.mrenclave());
    EnclaveImage again =
        SgxsReader.read(new ByteArrayInputStream(stream.toByteArray()), "stream")
            .toImage(image.name(), sample.sigStruct());
    assertThat(again.pages()).isEqualTo(image.pages());
    assertThat(again.mrenclave()).isEqualTo(image.mrenclave());
    assertThat(again.sizeBytes()).isEqualTo(image.sizeBytes());
    assertThat(again.attributes()).isEqualTo(image.attributes());
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyThreadHasItsSsaAndEntryInsideTheImage(SignedEnclave sample) {
    EnclaveImage image = sample.image();
    List<EnclaveImage.Page> threads =
        image.pages().stream().filter(p -> p.secInfo().pageType() == PageType.TCS).toList();
    assertThat(threads).hasSize(1);
    Tcs tcs = Tcs.parse(threads.get(0).content());
    assertThat(tcs.reservedBytesAreZero() && tcs.reservedFlagsAreZero()).isTrue();
    for (int page = 0; page < tcs.nssa() * image.ssaFrameSize(); page++) {
      assertThat(at(image, tcs.ossa() + 4096L * page).has(SecInfo.R | SecInfo.W)).isTrue();
    }
    assertThat(at(image, tcs.oentry() & -4096).has(SecInfo.X)).isTrue();
  }

  @Test
  void theLaunchEnclaveHasTheShapeOfTheDriversOwn() {
    EnclaveImage image = SampleEnclaves.launchEnclave().image();
    assertThat(image.pages()).hasSize(9);
    assertThat(image.pages()).allMatch(page -> page.mrmask() == 0xffff);
    assertThat(image.pages().get(0).secInfo()).isEqualTo(SecInfo.tcs());
    assertThat(image.pages().subList(1, 9))
        .allMatch(page -> page.secInfo().equals(SecInfo.reg(true, true, true)));
    assertThat(image.sizeBytes()).isEqualTo(65536);
    assertThat(image.ssaFrameSize()).isEqualTo(1);
    assertThat(image.attributes())
        .isEqualTo(new Attributes(Attributes.MODE64BIT | Attributes.EINITTOKENKEY, 3));
    assertThat(SampleEnclaves.launchEnclave().sigStruct().mrsigner())
        .isEqualTo(ModelKeys.launchEnclave().mrsigner());
  }

  @Test
  void aLaunchEnclaveForMoreThreadsIsABiggerImageOfTheSameSigner() {
    assertThat(SampleEnclaves.launchEnclave(1)).isSameAs(SampleEnclaves.launchEnclave());
    for (int tcs = 2; tcs <= 9; tcs++) {
      SignedEnclave enclave = SampleEnclaves.launchEnclave(tcs);
      EnclaveImage image = enclave.image();
      assertThat(image.pages()).hasSize(9 + 4 * (tcs - 1));
      assertThat(image.pages()).allMatch(page -> page.mrmask() == 0xffff);
      assertThat(image.sizeBytes()).isEqualTo(tcs == 2 ? 65536 : tcs <= 6 ? 131072 : 262144);
      assertThat(enclave.sigStruct().mrsigner())
          .isEqualTo(SampleEnclaves.launchEnclave().sigStruct().mrsigner());
      List<EnclaveImage.Page> threads =
          image.pages().stream().filter(p -> p.secInfo().pageType() == PageType.TCS).toList();
      assertThat(threads).hasSize(tcs);
      for (EnclaveImage.Page thread : threads) {
        Tcs parsed = Tcs.parse(thread.content());
        assertThat(parsed.ossa()).as("its own frames").isEqualTo(thread.offset() + 4096);
        assertThat(at(image, parsed.ossa() + 4096).has(SecInfo.R | SecInfo.W)).isTrue();
        assertThat(at(image, parsed.oentry() & -4096).has(SecInfo.X)).isTrue();
      }
    }
    assertThatThrownBy(() -> SampleEnclaves.launchEnclave(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSdkLikeImageHas75PagesOfWhich24AreAnUnmeasuredHeap() {
    EnclaveImage image = SampleEnclaves.seventyFivePages().image();
    assertThat(image.pages()).hasSize(75);
    assertThat(image.pages().stream().filter(page -> page.mrmask() == 0)).hasSize(24);
    assertThat(image.sizeBytes()).isEqualTo(512 * 1024);
  }

  @Test
  void signersShareTheMeasurementAndDifferInMrsigner() {
    assertThat(SampleEnclaves.tiny(0).image().mrenclave())
        .isEqualTo(SampleEnclaves.tiny(1).image().mrenclave());
    assertThat(SampleEnclaves.tiny(0).sigStruct().mrsigner())
        .isEqualTo(ModelKeys.signer(0).mrsigner());
    assertThat(SampleEnclaves.tiny(1).sigStruct().mrsigner())
        .isEqualTo(ModelKeys.signer(1).mrsigner());
  }

  @Test
  void eachSampleIsMadeOnceAndAlwaysTheSame() {
    assertThat(SampleEnclaves.tiny()).isSameAs(SampleEnclaves.tiny(0));
    assertThat(SampleEnclaves.tiny().image().mrenclave().hex())
        .isEqualTo("c921f30d7dc526a02800c005de7d8d0433dfc85c5315b7608ac68bae5a41dfc6");
    assertThat(SampleEnclaves.seventyFivePages().image().mrenclave().hex())
        .isEqualTo("5f4a9ca84a950ac5f532b9c533577260e8a4e76217c42a7770b676464f796759");
    assertThat(SampleEnclaves.launchEnclave().image().mrenclave().hex())
        .isEqualTo("94c0485356ba8d474e543b48f8cd94029bc5b925f9f3198a11dfae820d121907");
  }

  @Test
  void pagesTakesAnyNumberFromFour() {
    for (int count = 4; count < 40; count++) {
      assertThat(SampleEnclaves.pages(count).image().pages()).hasSize(count);
    }
    assertThatThrownBy(() -> SampleEnclaves.pages(3)).hasMessage("3 pages, expected at least 4");
  }

  private static SecInfo at(EnclaveImage image, long offset) {
    return image.pages().stream()
        .filter(page -> page.offset() == offset)
        .findFirst()
        .orElseThrow()
        .secInfo();
  }
}
