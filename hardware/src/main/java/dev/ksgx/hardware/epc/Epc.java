package dev.ksgx.hardware.epc;

import dev.ksgx.hardware.structure.PageType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The enclave page cache: sections of physical memory, cut into frames of 4096 bytes that are
 * numbered 0, 1, ... through all sections in the order of their addresses.
 */
public final class Epc {
  /** Size of a frame, bytes. */
  public static final int PAGE_BYTES = 4096;

  /** Largest sum of all sections, bytes. */
  public static final long MAX_BYTES = 512L << 30;

  private final List<Section> sections;
  private final long[] bases;
  private final int[] firstFrames;
  private final int frames;
  private final Epcm epcm;

  /**
   * An EPC in which no frame is valid.
   *
   * @throws IllegalArgumentException if there is no section, two overlap or all together are larger
   *     than {@link #MAX_BYTES}
   */
  public Epc(List<Section> sections) {
    this.sections =
        sections.stream().sorted(Comparator.comparingLong(Section::baseAddress)).toList();
    long total = this.sections.stream().mapToLong(Section::bytes).sum();
    if (total <= 0 || total > MAX_BYTES) {
      throw new IllegalArgumentException(
          "EPC of " + total + " bytes: expected at least one section and at most 512 GiB in all");
    }
    bases = new long[this.sections.size()];
    firstFrames = new int[bases.length];
    long next = 0;
    for (int i = 0; i < bases.length; i++) {
      Section section = this.sections.get(i);
      if (i > 0 && section.baseAddress() < this.sections.get(i - 1).end()) {
        throw new IllegalArgumentException("EPC sections overlap at " + section);
      }
      bases[i] = section.baseAddress();
      firstFrames[i] = (int) next;
      next += section.frames();
    }
    frames = (int) next;
    epcm = new Epcm(frames);
  }

  /** The sections, by address. */
  public List<Section> sections() {
    return sections;
  }

  /** Number of frames in all sections. */
  public int frames() {
    return frames;
  }

  /**
   * Physical address of a frame's first byte.
   *
   * @throws IndexOutOfBoundsException if there is no such frame
   */
  public long addressOf(int frame) {
    if (frame < 0 || frame >= frames) {
      throw new IndexOutOfBoundsException("frame " + frame + " of " + frames);
    }
    int at = Arrays.binarySearch(firstFrames, frame);
    int section = at >= 0 ? at : -at - 2;
    return bases[section] + (long) (frame - firstFrames[section]) * PAGE_BYTES;
  }

  /** The frame that holds this physical address, or -1 if none does. */
  public int frameOf(long address) {
    int at = bases.length == 1 ? 0 : Arrays.binarySearch(bases, address);
    int section = at >= 0 ? at : -at - 2;
    if (section < 0 || address < bases[section] || address >= sections.get(section).end()) {
      return -1;
    }
    return firstFrames[section] + (int) ((address - bases[section]) / PAGE_BYTES);
  }

  /** The EPCM, for the leaves; everybody else inspects. */
  public Epcm epcm() {
    return epcm;
  }

  /** What the EPCM knows of the frame right now. */
  public EpcInspection inspect(int frame) {
    addressOf(frame);
    int state = epcm.state(frame);
    boolean valid = EpcmState.has(state, EpcmState.VALID);
    PageType type = valid ? EpcmState.type(state) : null;
    return new EpcInspection(
        valid,
        type,
        EpcmState.has(state, EpcmState.R),
        EpcmState.has(state, EpcmState.W),
        EpcmState.has(state, EpcmState.X),
        valid && type != PageType.VA ? epcm.owner(frame) : -1,
        valid ? epcm.address(frame) : 0,
        EpcmState.has(state, EpcmState.BLOCKED),
        EpcmState.has(state, EpcmState.PENDING),
        EpcmState.has(state, EpcmState.MODIFIED),
        EpcmState.has(state, EpcmState.PR),
        epcm.accessWord(frame));
  }
}
