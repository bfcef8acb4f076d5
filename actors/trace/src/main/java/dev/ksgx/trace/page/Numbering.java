package dev.ksgx.trace.page;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Gives what a page names numbers of its own, from 0, in order of first use. */
final class Numbering<T> {
  private final Map<T, Integer> numbers = new LinkedHashMap<>();

  int of(T named) {
    return numbers.computeIfAbsent(named, n -> numbers.size());
  }

  /** In order of their numbers. */
  Set<T> named() {
    return numbers.keySet();
  }
}
