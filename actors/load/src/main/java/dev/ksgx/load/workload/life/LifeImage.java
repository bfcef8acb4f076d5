package dev.ksgx.load.workload.life;

import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.measure.Measurement;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.Tcs;
import dev.ksgx.load.scenario.LifeGroup;
import java.util.ArrayList;
import java.util.List;

/**
 * The signed enclave of a group: code, heap, threads. It is kept as runs of like pages, because the
 * heap of one image may have millions of them; its measurement still hashes the EADD of each.
 */
public final class LifeImage {
  private static final int PAGE = 4096;
  private static final int SSA_FRAMES = LifeGroup.PAGES_PER_THREAD - 1;

  /**
   * Pages one after the other that differ in nothing but their address.
   *
   * @param offset of the first page from the base of ELRANGE, bytes
   * @param pages how many
   * @param content of each, 4096 bytes, as EADD stores it
   * @param mrmask bit n set: measure the 256-byte chunk n of each page
   */
  record Run(long offset, int pages, SecInfo secInfo, Bytes content, int mrmask) {}

  private final List<Run> runs = new ArrayList<>();
  private final List<Long> tcsOffsets = new ArrayList<>();
  private final long sizeBytes;
  private final long heapOffset;
  private final SigStruct sigStruct;

  private LifeImage(LifeGroup group) {
    int code = group.measuredPages() - group.threads() * LifeGroup.PAGES_PER_THREAD;
    for (int page = 0; page < code; page++) {
      Bytes content = Bytes.zeros(PAGE).with(0, Bytes.fromHex("0f0b%08x".formatted(page)));
      add(1, SecInfo.reg(true, false, true), content, Measurement.WHOLE_PAGE);
    }
    heapOffset = end();
    SecInfo data = SecInfo.reg(true, true, false);
    add(group.unmeasuredPages(), data, Bytes.zeros(PAGE), 0);
    for (int thread = 0; thread < group.threads(); thread++) {
      tcsOffsets.add(end());
      Tcs tcs =
          Tcs.builder()
              .ossa(end() + PAGE)
              .nssa(SSA_FRAMES)
              .oentry(0)
              .fsLimit(-1)
              .gsLimit(-1)
              .build();
      add(1, SecInfo.tcs(), tcs.asAdded().bytes(), Measurement.WHOLE_PAGE);
      add(SSA_FRAMES, data, Bytes.zeros(PAGE), Measurement.WHOLE_PAGE);
    }
    sizeBytes = Math.max(2 * PAGE, Long.highestOneBit(end() * 2 - 1));
    sigStruct = Signer.sign(body(), ModelKeys.signer(0));
  }

  /** The enclave of that group. Hashes some 2 million pages of heap a second. */
  public static LifeImage of(LifeGroup group) {
    return new LifeImage(group);
  }

  /** SECS.SIZE: bytes of ELRANGE. */
  long sizeBytes() {
    return sizeBytes;
  }

  /** SSA frames are of one page. */
  int ssaFrameSize() {
    return 1;
  }

  Attributes attributes() {
    return new Attributes(Attributes.MODE64BIT, Attributes.LEGACY_XFRM);
  }

  /** Pages in EADD order. */
  List<Run> runs() {
    return runs;
  }

  /** Of the heap from the base of ELRANGE, bytes. */
  long heapOffset() {
    return heapOffset;
  }

  /** Of the TCS of thread {@code thread}, from 0, from the base of ELRANGE, bytes. */
  long tcsOffset(int thread) {
    return tcsOffsets.get(thread);
  }

  /** What EINIT gets; its ENCLAVEHASH is the measurement of these pages. */
  SigStruct sigStruct() {
    return sigStruct;
  }

  private void add(int pages, SecInfo secInfo, Bytes content, int mrmask) {
    if (pages > 0) {
      runs.add(new Run(end(), pages, secInfo, content, mrmask));
    }
  }

  private long end() {
    if (runs.isEmpty()) {
      return 0;
    }
    Run last = runs.get(runs.size() - 1);
    return last.offset + (long) last.pages * PAGE;
  }

  private Bytes mrenclave() {
    Measurement measurement = Measurement.ecreate(ssaFrameSize(), sizeBytes);
    for (Run run : runs) {
      for (int page = 0; page < run.pages; page++) {
        measurement.addPage(run.offset + (long) page * PAGE, run.secInfo, run.content, run.mrmask);
      }
    }
    return measurement.finish();
  }

  private SigStruct.Builder body() {
    return SigStruct.builder()
        .date(0x20171113)
        .miscMask(-1)
        .attributes(attributes())
        .attributeMask(new Attributes(~Attributes.DEBUG, -1))
        .enclaveHash(mrenclave())
        .isvProdId(1)
        .isvSvn(1);
  }
}
