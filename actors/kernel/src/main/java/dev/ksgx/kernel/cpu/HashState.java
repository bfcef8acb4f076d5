package dev.ksgx.kernel.cpu;

import dev.ksgx.hardware.launch.LaunchControlMsrs;
import dev.ksgx.runtime.probe.Probe;
import dev.ksgx.runtime.probe.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tells the probe which hash the MSRs of one core hold, by its number among those that were written
 * to this core, from 1. The hash itself is not told.
 */
final class HashState {
  private static final int WORDS = 4;

  private final State state;
  private final List<long[]> known = new ArrayList<>();
  private final long[] words = new long[WORDS];
  private int written;

  HashState(Probe probe) {
    this.state = probe.state("msr-hash");
  }

  /** A word was written; they are written in order, so that a hash is whole with its last. */
  void wrote(int msr, long value) {
    int word = msr - LaunchControlMsrs.LE_PUBKEY_HASH0;
    if (word < 0 || word >= WORDS) {
      return;
    }
    words[word] = value;
    written |= 1 << word;
    if (word == WORDS - 1 && written == (1 << WORDS) - 1) {
      state.set(number());
    }
  }

  private long number() {
    for (int i = 0; i < known.size(); i++) {
      if (Arrays.equals(known.get(i), words)) {
        return i + 1L;
      }
    }
    known.add(words.clone());
    return known.size();
  }
}
