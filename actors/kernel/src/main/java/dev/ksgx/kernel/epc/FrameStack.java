package dev.ksgx.kernel.epc;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;

/**
 * Free frame numbers, last in first out. Frames that were never taken need no memory: they are the
 * numbers from a mark upwards, so that a pool of 64 GiB is there at once.
 */
final class FrameStack {
  private final int frames;
  private final BitSet inStack = new BitSet();
  private int[] stack = new int[1024];
  private int depth;
  private int untouched;

  FrameStack(int frames) {
    this.frames = frames;
  }

  boolean isEmpty() {
    return size() == 0;
  }

  int size() {
    return depth + frames - untouched;
  }

  boolean contains(int frame) {
    return frame >= untouched || inStack.get(frame);
  }

  void forEach(IntConsumer visit) {
    for (int i = 0; i < depth; i++) {
      visit.accept(stack[i]);
    }
    for (int frame = untouched; frame < frames; frame++) {
      visit.accept(frame);
    }
  }

  int pop() {
    if (depth == 0) {
      return untouched++;
    }
    int frame = stack[--depth];
    inStack.clear(frame);
    return frame;
  }

  /**
   * @throws IllegalStateException if the frame is free already: two owners would follow
   */
  void push(int frame) {
    if (frame < 0 || frame >= untouched || inStack.get(frame)) {
      throw new IllegalStateException("frame " + frame + " is freed but not in use");
    }
    if (depth == stack.length) {
      stack = Arrays.copyOf(stack, depth * 2);
    }
    stack[depth++] = frame;
    inStack.set(frame);
  }
}
