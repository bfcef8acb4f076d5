package dev.ksgx.trace.query;

import java.util.List;

/**
 * What a request did, in order. Of one that did very much, the ends.
 *
 * @param first parts; all of them if none are left out
 * @param between how many intervals are left out
 * @param last parts after those; empty if none are left out
 */
public record Timeline(List<Part> first, long between, List<Part> last) {}
