package dev.ksgx.hardware.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class MeasurementTrieTest {
  private static final SecInfo RW = SecInfo.reg(true, true, false);
  private static final SecInfo RX = SecInfo.reg(true, false, true);
  private static final int PAGES = 20;

  /** One page of a made-up image. */
  private record Page(long offset, SecInfo secInfo, Bytes content, int mask) {}

  private record Image(int ssaFrameSize, long size, List<Page> pages) {}

  @Test
  void anImageLaunchedAThousandTimesHashesEachPageOnce() {
    MeasurementTrie trie = new MeasurementTrie();
    Image image = image();
    Bytes expected = directly(image);
    for (int launch = 0; launch < 1000; launch++) {
      assertThat(through(trie, image)).isEqualTo(expected);
    }
    assertThat(trie.hashedSteps()).isEqualTo(PAGES);
    assertThat(trie.rememberedNodes()).isEqualTo(PAGES + 1);
  }

  @Test
  void equalContentInAnotherObjectIsNotHashedAgain() {
    MeasurementTrie trie = new MeasurementTrie();
    Image image = image();
    through(trie, image);
    List<Page> copies =
        image.pages.stream()
            .map(p -> new Page(p.offset, p.secInfo, Bytes.copyOf(p.content.toByteArray()), p.mask))
            .toList();
    through(trie, new Image(image.ssaFrameSize, image.size, copies));
    assertThat(trie.hashedSteps()).isEqualTo(PAGES);
  }

  @Test
  void theContentOfAPageThatIsNotMeasuredDoesNotMatter() {
    MeasurementTrie trie = new MeasurementTrie();
    MeasurementNode root = trie.root(1, 0x10000);
    MeasurementNode zeros = root.addPage(0, RW, Bytes.zeros(4096), 0);
    assertThat(root.addPage(0, RW, MeasurementTest.code(), 0)).isSameAs(zeros);
    assertThat(root.eadd(0, RW)).isSameAs(zeros);
  }

  @Test
  void anyDeviationLeavesTheMemoAndGetsItsOwnMeasurement() {
    MeasurementTrie trie = new MeasurementTrie();
    Image image = image();
    List<Image> all = new ArrayList<>(List.of(image));
    for (int i : new int[] {0, 7, PAGES - 1}) {
      Page p = image.pages.get(i);
      all.add(replaced(image, i, new Page(p.offset + 0x100000, p.secInfo, p.content, p.mask)));
      all.add(replaced(image, i, new Page(p.offset, RX, p.content, p.mask)));
      all.add(replaced(image, i, new Page(p.offset, p.secInfo, p.content, p.mask ^ 0x0400)));
      for (int at : new int[] {0, 2000, 4095}) {
        Bytes other = p.content.withFlippedBit(at, 5);
        all.add(replaced(image, i, new Page(p.offset, p.secInfo, other, p.mask)));
      }
    }
    List<Page> swapped = new ArrayList<>(image.pages);
    swapped.set(3, image.pages.get(4));
    swapped.set(4, image.pages.get(3));
    all.add(new Image(image.ssaFrameSize, image.size, swapped));
    all.add(new Image(2, image.size, image.pages));
    all.add(new Image(image.ssaFrameSize, 2 * image.size, image.pages));
    all.add(new Image(image.ssaFrameSize, image.size, image.pages.subList(0, PAGES - 1)));

    for (int round = 0; round < 3; round++) {
      for (Image one : all) {
        assertThat(through(trie, one)).isEqualTo(directly(one));
      }
    }
    assertThat(all.stream().map(one -> through(trie, one)).distinct()).hasSameSizeAs(all);
  }

  @Test
  void leafByLeafGivesTheMeasurementOfTheCompoundStep() {
    MeasurementTrie trie = new MeasurementTrie();
    Bytes page = MeasurementTest.code();
    MeasurementNode compound = trie.root(1, 0x10000).addPage(0x3000, RX, page, 0x8003);
    for (int round = 0; round < 2; round++) {
      MeasurementNode leaves =
          trie.root(1, 0x10000)
              .eadd(0x3000, RX)
              .eextend(0x3000, page, 0)
              .eextend(0x3000, page, 0x100)
              .eextend(0x3000, page, 0xf00);
      assertThat(leaves.mrenclave()).isEqualTo(compound.mrenclave());
      assertThat(leaves.blocks()).isEqualTo(17).isEqualTo(compound.blocks());
      assertThat(trie.hashedSteps()).isEqualTo(5);
    }
    MeasurementNode otherChunk =
        trie.root(1, 0x10000).eadd(0x3000, RX).eextend(0x3000, page, 0x100);
    MeasurementNode otherPage = trie.root(1, 0x10000).eadd(0x3000, RX).eextend(0x2000, page, 0);
    assertThat(otherChunk.mrenclave()).isNotEqualTo(otherPage.mrenclave());
    assertThatThrownBy(() -> compound.eextend(0, page, 100))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void memoryIsBoundedAndAFullTrieStillMeasuresRight() {
    MeasurementTrie trie = new MeasurementTrie(50);
    Image image = image();
    for (int i = 0; i < 100; i++) {
      Bytes other = image.pages.get(2).content.with(8, Bytes.fromHex(String.format("%08x", i)));
      Page page = image.pages.get(2);
      Image one = replaced(image, 2, new Page(page.offset, page.secInfo, other, page.mask));
      assertThat(through(trie, one)).isEqualTo(directly(one));
      assertThat(trie.rememberedNodes()).isLessThanOrEqualTo(50);
    }
    long before = trie.hashedSteps();
    through(trie, image);
    through(trie, image);
    through(trie, image);
    assertThat(trie.hashedSteps() - before).as("remembers again").isLessThan(3 * PAGES);
    assertThatThrownBy(() -> new MeasurementTrie(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTrieThatIsJustFullForgetsNothing() {
    MeasurementTrie trie = new MeasurementTrie(PAGES + 1);
    through(trie, image());
    through(trie, image());
    assertThat(trie.hashedSteps()).isEqualTo(PAGES);
    assertThat(trie.rememberedNodes()).isEqualTo(PAGES + 1);
  }

  @Test
  void anEnclaveHalfBuiltWhenTheTrieForgetsGoesOnRight() {
    MeasurementTrie trie = new MeasurementTrie(PAGES + 1);
    Image image = image();
    MeasurementNode half = trie.root(image.ssaFrameSize, image.size);
    for (Page page : image.pages.subList(0, 10)) {
      half = half.addPage(page.offset, page.secInfo, page.content, page.mask);
    }
    Image other = new Image(2, image.size, image.pages);
    assertThat(through(trie, other)).isEqualTo(directly(other));
    assertThat(through(trie, other)).isEqualTo(directly(other));
    for (Page page : image.pages.subList(10, PAGES)) {
      half = half.addPage(page.offset, page.secInfo, page.content, page.mask);
    }
    assertThat(half.mrenclave()).isEqualTo(directly(image));
    long before = trie.hashedSteps();
    through(trie, other);
    assertThat(trie.hashedSteps()).as("the new tree remembers").isEqualTo(before);
  }

  @Test
  void manyThreadsGetTheSameNode() throws Exception {
    MeasurementTrie trie = new MeasurementTrie();
    Image image = image();
    Bytes expected = directly(image);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<MeasurementNode> launch = () -> walk(trie, image);
      List<MeasurementNode> ends = new ArrayList<>();
      for (Future<MeasurementNode> end :
          threads.invokeAll(java.util.Collections.nCopies(64, launch))) {
        ends.add(end.get());
      }
      assertThat(ends).allSatisfy(end -> assertThat(end).isSameAs(ends.get(0)));
      assertThat(ends.get(0).mrenclave()).isEqualTo(expected);
    } finally {
      threads.shutdown();
    }
  }

  private static Image image() {
    List<Page> pages = new ArrayList<>();
    for (int i = 0; i < PAGES; i++) {
      Bytes content = MeasurementTest.code().with(16, Bytes.fromHex(String.format("%02x", i)));
      pages.add(
          new Page(0x1000L * i, i == 5 ? SecInfo.tcs() : RW, content, i == 3 ? 0x0f0f : 0xffff));
    }
    return new Image(1, 0x20000, pages);
  }

  private static Image replaced(Image image, int index, Page page) {
    List<Page> pages = new ArrayList<>(image.pages);
    pages.set(index, page);
    return new Image(image.ssaFrameSize, image.size, pages);
  }

  private static Bytes through(MeasurementTrie trie, Image image) {
    return walk(trie, image).mrenclave();
  }

  private static MeasurementNode walk(MeasurementTrie trie, Image image) {
    MeasurementNode node = trie.root(image.ssaFrameSize, image.size);
    for (Page page : image.pages) {
      node = node.addPage(page.offset, page.secInfo, page.content, page.mask);
    }
    return node;
  }

  private static Bytes directly(Image image) {
    Measurement measurement = Measurement.ecreate(image.ssaFrameSize, image.size);
    for (Page page : image.pages) {
      measurement.addPage(page.offset, page.secInfo, page.content, page.mask);
    }
    return measurement.finish();
  }
}
