package dev.ksgx.load.workload.life;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.launch.SignatureCheck;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.SignatureVerdict;
import dev.ksgx.load.scenario.LifeGroup;
import dev.ksgx.load.scenario.TouchPlan;
import org.junit.jupiter.api.Test;

class LifeImageTest {
  /** The same pages one by one, measured by the image builder of the hardware module. */
  @Test
  void measurementIsThatOfEveryPageAddedOneByOne() {
    LifeImage image = LifeImage.of(group(10, 33, 2));
    EnclaveImage.Builder pages = EnclaveImage.builder("page by page");
    for (LifeImage.Run run : image.runs()) {
      for (int page = 0; page < run.pages(); page++) {
        pages.page(run.offset() + page * 4096L, run.secInfo(), run.content(), run.mrmask());
      }
    }
    EnclaveImage onePageEach = pages.build();
    assertThat(onePageEach.pages()).hasSize(43);
    assertThat(image.sizeBytes()).isEqualTo(onePageEach.sizeBytes()).isEqualTo(64 * 4096);
    assertThat(image.sigStruct().enclaveHash()).isEqualTo(onePageEach.mrenclave());
    assertThat(SignatureCheck.verify(image.sigStruct())).isEqualTo(SignatureVerdict.VALID);
  }

  @Test
  void threadsHaveATcsAndTwoSsaFramesBehindTheHeap() {
    LifeImage image = LifeImage.of(group(10, 33, 2));
    assertThat(image.heapOffset()).isEqualTo(4 * 4096);
    assertThat(image.tcsOffset(0)).isEqualTo(37 * 4096);
    assertThat(image.tcsOffset(1)).isEqualTo(40 * 4096);
    assertThat(image.runs())
        .filteredOn(run -> run.secInfo().pageType() == PageType.TCS)
        .extracting(LifeImage.Run::offset)
        .containsExactly(image.tcsOffset(0), image.tcsOffset(1));
  }

  @Test
  void heapIsOneRunHoweverLargeAndIsNotMeasured() {
    LifeImage small = LifeImage.of(group(4, 10, 1));
    LifeImage large = LifeImage.of(group(4, 100_000, 1));
    assertThat(large.runs()).hasSameSizeAs(small.runs());
    assertThat(large.runs().get(1).pages()).isEqualTo(100_000);
    assertThat(large.runs().get(1).mrmask()).isZero();
    assertThat(large.sigStruct().enclaveHash()).isNotEqualTo(small.sigStruct().enclaveHash());
  }

  @Test
  void imageOfHeapAloneHasNothingElse() {
    LifeImage image = LifeImage.of(group(0, 65_536, 0));
    assertThat(image.runs()).hasSize(1);
    assertThat(image.sizeBytes()).isEqualTo(256L << 20);
  }

  @Test
  void smallestElrangeIsTwoPages() {
    assertThat(LifeImage.of(group(0, 1, 0)).sizeBytes()).isEqualTo(8192);
  }

  static LifeGroup group(int measured, int heap, int threads) {
    return new LifeGroup(
        "group",
        1,
        false,
        0,
        1,
        measured,
        heap,
        threads,
        LifeGroup.Adds.PAGE,
        LifeGroup.WarmStart.NONE,
        1500,
        new TouchPlan(TouchPlan.Pattern.NONE, heap, 1, 200, 0.99, 1, 1),
        0,
        true);
  }
}
