package dev.ksgx.hardware.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcInspection;
import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.FrameContents;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.LeafInFlight;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.Tcs;
import dev.ksgx.hardware.testkit.Rig;
import dev.ksgx.hardware.testkit.TestEnclave;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An enclave of random pages on a machine that it has for itself, and what should be in it: a
 * driver's table and the bytes, kept outside the machine. Frames {@link #VA} and {@link #VA_OF_VA}
 * hold version arrays, the others what comes.
 */
final class RandomEnclave {
  static final int VA = 0;
  static final int VA_OF_VA = 1;
  private static final int FIRST_FREE = 2;
  private static final int FRAMES = 14;

  /** One page: what it must be, and where it is: in {@code frame}, or outside as {@code out}. */
  static final class Page {
    final long linear;
    final PageType type;
    final int bits;
    Bytes content;
    int frame;
    EvictedPage out;
    int slot;
    boolean blocked;

    Page(long linear, PageType type, int bits, Bytes content) {
      this.linear = linear;
      this.type = type;
      this.bits = bits;
      this.content = content;
    }

    boolean isOut() {
      return out != null;
    }

    private boolean writable() {
      return type == PageType.REG && (bits & (EpcmState.PENDING | EpcmState.MODIFIED)) == 0;
    }
  }

  final Rig rig;
  final SplittableRandom random;
  final List<Page> pages = new ArrayList<>();
  final Page secs;
  final long eid;
  private final SecsState original;
  private final Deque<Integer> free = new ArrayDeque<>();
  private final boolean[] slotUsed = new boolean[512];
  private EvictedPage versionsOut;
  private int moves;

  RandomEnclave(Rig rig, EnclaveTemplate template, long seed) {
    this.rig = rig;
    this.random = new SplittableRandom(seed);
    for (int frame = FIRST_FREE; frame < FRAMES; frame++) {
      free.add(frame);
    }
    rig.ok(Encls.epa(rig.page(VA)));
    rig.ok(Encls.epa(rig.page(VA_OF_VA)));
    long base = random.nextInt(1, 1 << 14) * template.secs().sizeBytes();
    Secs image = template.secs().toBuilder().baseAddress(base).build();
    secs = new Page(0, PageType.SECS, 0, null);
    secs.frame = free.remove();
    rig.ok(Encls.ecreate(rig.page(secs.frame), image.bytes()));
    for (EnclaveTemplate.Place place : template.places()) {
      add(base, place);
    }
    if (random.nextBoolean()) {
      TestEnclave.setHash(rig.cpu, template.sig().mrsigner());
      rig.ok(Encls.einit(rig.page(secs.frame), template.sig(), TestEnclave.NO_TOKEN));
    }
    original = rig.epcm.secs(secs.frame);
    eid = original.eid();
    if (random.nextBoolean()) {
      plantPageOfSgx2(base + template.secs().sizeBytes() - 4096);
    }
  }

  private void add(long base, EnclaveTemplate.Place place) {
    boolean tcs = place.secInfo().pageType() == PageType.TCS;
    Bytes content = tcs ? tcs() : random.nextInt(4) == 0 ? TestEnclave.ZEROS : bytes(4096);
    Page page =
        new Page(base + place.offset(), place.secInfo().pageType(), place.secInfo().rwx(), content);
    page.frame = free.remove();
    rig.ok(
        Encls.eadd(
            rig.page(page.frame), rig.page(secs.frame), page.linear, place.secInfo(), content));
    pages.add(page);
  }

  /** As EAUG, EMODT and EMODPR leave pages, leaves that the machine does not have. */
  private void plantPageOfSgx2(long linear) {
    PageType type = random.nextBoolean() ? PageType.TRIM : PageType.REG;
    Page page = new Page(linear, type, random.nextInt(64), TestEnclave.ZEROS);
    page.frame = free.remove();
    rig.plant(page.frame, type, page.bits, secs.frame, linear);
    original.addChild();
    pages.add(page);
  }

  private Bytes tcs() {
    return Tcs.builder()
        .ossa(4096)
        .nssa(random.nextInt(9))
        .oentry(random.nextLong())
        .build()
        .bytes();
  }

  private Bytes bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Bytes.copyOf(bytes);
  }

  /** Evictions and loads so far. */
  int moves() {
    return moves;
  }

  /** One step of a random schedule. */
  void step() {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> evict(pages.get(random.nextInt(pages.size())));
      case 3, 4 -> load(pages.get(random.nextInt(pages.size())));
      case 5 -> write(pages.get(random.nextInt(pages.size())));
      case 6 -> moveVersions();
      default -> {
        if (pages.stream().allMatch(Page::isOut)) {
          evict(secs);
        }
      }
    }
  }

  void evict(Page page) {
    if (page.isOut()) {
      return;
    }
    bringVersions();
    if (page != secs && !page.blocked) {
      rig.ok(Encls.eblock(rig.page(page.frame)));
      rig.ok(Encls.etrack(rig.page(secs.frame)));
    }
    do {
      page.slot = random.nextInt(512);
    } while (slotUsed[page.slot]);
    slotUsed[page.slot] = true;
    page.out = write(page.frame, slotAddress(page));
    assertThat(page.out.linaddr()).isEqualTo(page.linear);
    free.add(page.frame);
  }

  void load(Page page) {
    if (!page.isOut()) {
      return;
    }
    bringVersions();
    if (page != secs) {
      load(secs);
    }
    page.frame = free.remove();
    page.blocked = page != secs && random.nextInt(4) == 0;
    long owner = page == secs ? 0 : rig.page(secs.frame);
    long target = rig.page(page.frame);
    rig.ok(
        page.blocked
            ? Encls.eldb(target, owner, page.linear, page.out, slotAddress(page))
            : Encls.eldu(target, owner, page.linear, page.out, slotAddress(page)));
    slotUsed[page.slot] = false;
    page.out = null;
    moves++;
  }

  long slotAddress(Page page) {
    return rig.page(VA) + 8L * page.slot;
  }

  private void write(Page page) {
    if (!page.isOut() && page.writable()) {
      int offset = 8 * random.nextInt(512);
      long value = random.nextLong();
      rig.ok(Encls.edbgwr(rig.page(page.frame) + offset, value));
      byte[] word = new byte[8];
      for (int i = 0; i < 8; i++) {
        word[i] = (byte) (value >>> 8 * i);
      }
      page.content = page.content.with(offset, Bytes.copyOf(word));
    }
  }

  private void moveVersions() {
    if (versionsOut == null) {
      versionsOut = write(VA, rig.page(VA_OF_VA) + 8);
    }
  }

  void bringVersions() {
    if (versionsOut != null) {
      rig.ok(Encls.eldu(rig.page(VA), 0, 0, versionsOut, rig.page(VA_OF_VA) + 8));
      versionsOut = null;
    }
  }

  private EvictedPage write(int frame, long slot) {
    LeafInFlight leaf = rig.cpu.begin(Encls.ewb(rig.page(frame), slot));
    leaf.end();
    assertThat(leaf.result().describe()).isEqualTo("EWB: done");
    moves++;
    return leaf.evicted();
  }

  /** Loads everything and compares it with what it should be. */
  void assertWhole() {
    load(secs);
    SecsState now = rig.epcm.secs(secs.frame);
    assertThat(now.eid()).isEqualTo(eid);
    assertThat(now.image()).isEqualTo(original.image());
    assertThat(now.launched()).isEqualTo(original.launched());
    for (Page page : pages) {
      load(page);
      EpcInspection entry = rig.machine.epc().inspect(page.frame);
      int state = EpcmState.valid(page.type, 0) | page.bits;
      int blocked = page.blocked ? EpcmState.BLOCKED : 0;
      assertThat(rig.epcm.state(page.frame)).isEqualTo(state | blocked);
      assertThat(entry.owner()).isEqualTo(secs.frame);
      assertThat(entry.address()).isEqualTo(page.linear);
      assertThat(FrameContents.of(rig.epcm, page.frame).page()).isEqualTo(page.content);
    }
    assertThat(now.children()).isEqualTo(pages.size());
    for (int slot = 0; slot < 512; slot++) {
      assertThat(rig.epcm.versions(VA).version(slot)).isZero();
    }
  }

  /** EREMOVE of everything. */
  void remove() {
    for (Page page : pages) {
      if (!page.isOut()) {
        rig.ok(Encls.eremove(rig.page(page.frame)));
      }
    }
    if (!secs.isOut()) {
      rig.ok(Encls.eremove(rig.page(secs.frame)));
    }
    rig.ok(Encls.eremove(rig.page(VA)));
    rig.ok(Encls.eremove(rig.page(VA_OF_VA)));
  }
}
