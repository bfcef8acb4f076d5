package dev.ksgx.hardware.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.hardware.epc.EpcmState;
import dev.ksgx.hardware.epc.SecsState;
import dev.ksgx.hardware.epc.VersionArray;
import dev.ksgx.hardware.leaf.Eld;
import dev.ksgx.hardware.leaf.Encls;
import dev.ksgx.hardware.leaf.Leaf;
import dev.ksgx.hardware.leaf.LeafInFlight;
import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.hardware.structure.Pcmd;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SgxCode;
import dev.ksgx.hardware.testkit.Rig;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A bit of anything that belongs to an evicted page is wrong (isa.md 8.1). */
class ForgeryTest {
  private static final long MEMORY = 0x10_0000;
  private static final int OTHER_SECS = 60;

  /** Bits of a PCMD: SECINFO 512, ENCLAVEID 64, reserved 320, MAC 128. */
  private static final int PCMD_BITS = 1024;

  private static final int WORD_BITS = 64;
  private static final int CIPHERTEXT_BITS = 8 * 4096;

  private final Rig rig = Rig.everything();
  private final SplittableRandom random = new SplittableRandom(20171114);
  private final List<EnclaveTemplate> templates =
      Stream.generate(() -> EnclaveTemplate.random(random)).limit(10).toList();

  /** An evicted page with a bit to be wrong in each thing that it depends on. */
  private final class Victim {
    final RandomEnclave enclave;
    final RandomEnclave.Page page;
    final SecsState owner;
    final long version;
    final VersionArray versions;

    Victim(long seed) {
      int template = (int) (seed % templates.size());
      enclave = new RandomEnclave(rig, templates.get(template), seed);
      page = enclave.pages.get(random.nextInt(enclave.pages.size()));
      enclave.evict(page);
      owner = rig.epcm.secs(enclave.secs.frame);
      versions = rig.epcm.versions(RandomEnclave.VA);
      version = versions.version(page.slot);
    }

    int bits() {
      return PCMD_BITS + 3 * WORD_BITS + (page.out.page().hasContents() ? CIPHERTEXT_BITS : 0);
    }

    /** Flips one bit and demands what isa.md says of it. */
    void forge(int bit) {
      if (bit < PCMD_BITS) {
        Pcmd pcmd = Pcmd.parse(page.out.pcmd().bytes().withFlippedBit(bit / 8, bit % 8));
        assertEnd(bit, load(enclave.secs.frame, page.linear, page.out.page(), pcmd));
        return;
      }
      int at = bit - PCMD_BITS;
      long mask = 1L << at;
      switch (at / WORD_BITS) {
        case 0 -> assertRefused("address", at, load(page.linear ^ mask));
        case 1 -> {
          versions.store(page.slot, version ^ mask);
          assertRefused("version", at % WORD_BITS, load(page.linear));
          versions.store(page.slot, version);
        }
        case 2 -> {
          plantOwner(owner.eid() ^ mask);
          LeafInFlight leaf = load(OTHER_SECS, page.linear, page.out.page(), page.out.pcmd());
          assertRefused("owner's EID", at % WORD_BITS, leaf);
        }
        default -> {
          int i = at - 3 * WORD_BITS;
          EncryptedPage wrong =
              EncryptedPage.of(page.out.page().ciphertext().withFlippedBit(i / 8, i % 8));
          assertRefused(
              "ciphertext", i, load(enclave.secs.frame, page.linear, wrong, page.out.pcmd()));
        }
      }
    }

    private void assertEnd(int bit, LeafInFlight leaf) {
      if (bit >= 8 && bit < 16) {
        assertThat(leaf.result().status()).as("PT bit %d", bit - 8).isEqualTo(Status.GP);
        assertThat(leaf.result().step()).isEqualTo(9);
      } else if (bit >= 512 && bit < 576) {
        assertThat(leaf.result().isOk()).as("PCMD.ENCLAVEID bit %d", bit - 512).isTrue();
        leaf.abort();
      } else {
        assertRefused("PCMD", bit, leaf);
      }
    }

    private LeafInFlight load(long linear) {
      return load(enclave.secs.frame, linear, page.out.page(), page.out.pcmd());
    }

    private LeafInFlight load(int secsFrame, long linear, EncryptedPage source, Pcmd pcmd) {
      long target = rig.page(40);
      long secs = rig.page(secsFrame);
      long slot = enclave.slotAddress(page);
      return rig.cpu.begin(
          new Eld(Leaf.ELDU, MEMORY, target, slot, linear, MEMORY, MEMORY, secs, source, pcmd));
    }

    private void plantOwner(long eid) {
      SecsState other = new SecsState(OTHER_SECS, eid, owner.image(), owner.measurement());
      rig.epcm.publish(OTHER_SECS, EpcmState.valid(PageType.SECS, 0), OTHER_SECS, 0, other);
    }

    /** Untouched it comes back, and its old version never again. */
    void assertLoadsAndCannotBeReplayed() {
      EvictedPage old = page.out;
      int oldSlot = page.slot;
      enclave.load(page);
      enclave.evict(page);
      EvictedPage current = page.out;
      page.out = old;
      assertRefused("replay", 0, load(page.linear));
      int slot = page.slot;
      page.slot = oldSlot;
      assertRefused("replay from its own slot", 0, load(page.linear));
      page.slot = slot;
      page.out = current;
      enclave.assertWhole();
      enclave.remove();
    }
  }

  @Test
  void everyBitOfTwentyEnclavesIsGuarded() {
    assertThat(everyBit(20)).isGreaterThan(20 * CIPHERTEXT_BITS + 20 * PCMD_BITS);
  }

  @Test
  void sixtyFourRandomBitsOfEachOfManyEnclavesAreGuarded() {
    randomBits(9_980);
  }

  /** Of so many pages with contents, and of those without that come along. */
  private int everyBit(int enclaves) {
    int forged = 0;
    int withContents = 0;
    for (int seed = 0; withContents < enclaves; seed++) {
      Victim victim = new Victim(seed);
      int bits = victim.bits();
      withContents += bits > CIPHERTEXT_BITS ? 1 : 0;
      for (int bit = 0; bit < bits; bit++) {
        victim.forge(bit);
      }
      forged += bits;
      victim.assertLoadsAndCannotBeReplayed();
    }
    return forged;
  }

  private void randomBits(int enclaves) {
    for (int i = 0; i < enclaves; i++) {
      Victim victim = new Victim(1_000 + i);
      for (int n = 0; n < 64; n++) {
        boolean outsideTheText = n % 2 == 0;
        int bits = outsideTheText ? PCMD_BITS + 3 * WORD_BITS : victim.bits();
        victim.forge(random.nextInt(bits));
      }
      victim.assertLoadsAndCannotBeReplayed();
    }
  }

  /** Their EID is not bound, and other types lead to a demand for an owner. */
  @Test
  void everyBitOfAnSecsAndOfAVersionArrayIsGuarded() {
    rig.ok(Encls.epa(rig.page(0)));
    for (PageType type : new PageType[] {PageType.SECS, PageType.VA}) {
      if (type == PageType.SECS) {
        rig.create(1);
      } else {
        rig.ok(Encls.epa(rig.page(1)));
      }
      long slot = rig.page(0) + 8;
      LeafInFlight leaf = rig.cpu.begin(Encls.ewb(rig.page(1), slot));
      leaf.end();
      EvictedPage page = leaf.evicted();
      for (int bit = 0; bit < PCMD_BITS; bit++) {
        Pcmd pcmd = Pcmd.parse(page.pcmd().bytes().withFlippedBit(bit / 8, bit % 8));
        LeafInFlight loading =
            rig.cpu.begin(
                Encls.eldu(rig.page(1), 0, 0, new EvictedPage(0, page.page(), pcmd), slot));
        if (bit >= 512 && bit < 576) {
          assertThat(loading.result().isOk()).isTrue();
          loading.abort();
        } else if (bit >= 8 && bit < 16) {
          PageType wanted = SecInfo.parse(pcmd.secInfo()).pageType();
          Status status = wanted != null && wanted.isOfEnclave() ? Status.PF : Status.GP;
          assertThat(loading.result().status()).isEqualTo(status);
          assertThat(loading.result().step()).isEqualTo(9);
        } else {
          assertRefused(type + " PCMD", bit, loading);
        }
      }
      for (int bit = 0; bit < CIPHERTEXT_BITS; bit += 61) {
        EncryptedPage wrong =
            new EncryptedPage(
                page.page().ciphertext().withFlippedBit(bit / 8, bit % 8), page.page().running());
        EvictedPage forged = new EvictedPage(0, wrong, page.pcmd());
        assertRefused(
            type + " ciphertext", bit, rig.cpu.begin(Encls.eldu(rig.page(1), 0, 0, forged, slot)));
      }
      rig.ok(Encls.eldu(rig.page(1), 0, 0, page, slot));
      rig.ok(Encls.eremove(rig.page(1)));
    }
  }

  /** Neither stands for the other: a tag counts only for the kind of page it was made for. */
  @Test
  void pageWithoutContentsAndPageWithThemAreNotExchanged() {
    for (long seed = 0; seed < 40; seed++) {
      Victim victim = new Victim(seed);
      EncryptedPage page = victim.page.out.page();
      EncryptedPage other =
          page.hasContents() ? EncryptedPage.NO_CONTENTS : EncryptedPage.of(Bytes.zeros(4096));
      int secs = victim.enclave.secs.frame;
      assertRefused(
          "kind", 0, victim.load(secs, victim.page.linear, other, victim.page.out.pcmd()));
      victim.assertLoadsAndCannotBeReplayed();
    }
  }

  private static void assertRefused(String what, int bit, LeafInFlight leaf) {
    LeafResult result = leaf.result();
    if (result.status() != Status.CODE || result.code() != SgxCode.MAC_COMPARE_FAIL) {
      throw new AssertionError(what + " bit " + bit + ": " + result.describe());
    }
  }
}
