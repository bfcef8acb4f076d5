package dev.ksgx.trace.record;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What to keep of a run.
 *
 * @param only which part of it
 * @param oneIn keep one request in so many, whole, with all its messages; what serves no request is
 *     kept, and so is every hold of a resource while one of those requests waited for it. 1 keeps
 *     all
 * @param mostBytes greatest size of the file; what comes later is dropped and counted
 * @param notes what the reader should know of the run, such as its seed; not the time of day, if
 *     two runs of one seed are to leave the same file
 */
public record TraceOptions(
    Detail detail, Only only, int oneIn, long mostBytes, Map<String, String> notes) {
  private static final long MOST_BYTES = 64L << 30;

  public TraceOptions {
    if (oneIn < 1 || mostBytes < 1) {
      throw new IllegalArgumentException("one in " + oneIn + ", at most " + mostBytes + " bytes");
    }
    notes = new LinkedHashMap<>(notes);
  }

  /** Everything, up to 64 GiB. */
  public static TraceOptions everything() {
    return new TraceOptions(Detail.FIELDS, Only.ALL, 1, MOST_BYTES, new LinkedHashMap<>());
  }

  public TraceOptions withDetail(Detail less) {
    return new TraceOptions(less, only, oneIn, mostBytes, notes);
  }

  public TraceOptions withOnly(Only part) {
    return new TraceOptions(detail, part, oneIn, mostBytes, notes);
  }

  public TraceOptions withOneIn(int n) {
    return new TraceOptions(detail, only, n, mostBytes, notes);
  }

  public TraceOptions withMostBytes(long bytes) {
    return new TraceOptions(detail, only, oneIn, bytes, notes);
  }

  public TraceOptions withNote(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(notes);
    more.put(key, value);
    return new TraceOptions(detail, only, oneIn, mostBytes, more);
  }
}
