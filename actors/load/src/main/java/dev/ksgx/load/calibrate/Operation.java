package dev.ksgx.load.calibrate;

import dev.ksgx.kernel.cost.Cost;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Something whose duration can be measured, as a sum of costs: {@code perCall + count x perCount +
 * chunks x perChunk}. ENCLS is compiled into its callers, so that what a tracer sees are sums; a
 * {@link Cost} by its own name is the sum of one.
 *
 * @param name as a trace writes it
 * @param what in words
 * @param traced a tracer's probe made the duration, which is in it
 */
public record Operation(
    String name,
    String what,
    boolean traced,
    Map<Cost, Integer> perCall,
    Map<Cost, Integer> perCount,
    Map<Cost, Integer> perChunk) {
  /** The duration of a traced function that does nothing: what each probe adds to the others. */
  public static final String PROBE = "probe";

  private static final int HASH_MSRS = 4;

  private static final List<Operation> COMPOSITES =
      List.of(
          traced("ioctl-create", "the create ioctl with the enclave's first version array")
              .call(Cost.SYSCALL, Cost.CREATE_PATH, Cost.ECREATE, Cost.EPA),
          traced("ioctl-add-pages", "one add-pages ioctl of `count` pages, `chunks` measured")
              .call(Cost.SYSCALL)
              .each(Cost.ADD_REQUEST, Cost.ADD_PATH, Cost.EADD)
              .chunk(Cost.EEXTEND),
          traced("ioctl-init", "the init ioctl: modulus hashed, four MSRs written, EINIT")
              .call(Cost.SYSCALL, Cost.INIT_PATH, Cost.HASH_MODULUS, Cost.EINIT)
              .call(Cost.WRMSR, HASH_MSRS),
          traced("version-array", "one version-array page made").call(Cost.EPA),
          traced("fault", "the fault handler, page in the EPC").call(Cost.PAGE_FAULT),
          traced("fault-load", "the fault handler, page loaded into a free frame")
              .call(Cost.PAGE_FAULT, Cost.LOAD_PAGE, Cost.ELD),
          traced("evict", "one reclaim pass that evicts `count` pages, no thread inside")
              .call(Cost.RECLAIM_ENTRY, Cost.ETRACK)
              .each(Cost.EBLOCK, Cost.RECLAIM_PAGE, Cost.EWB),
          traced("evict-ipi", "the same with threads inside: one round of interrupts")
              .call(Cost.RECLAIM_ENTRY, Cost.ETRACK, Cost.IPI)
              .each(Cost.EBLOCK, Cost.RECLAIM_PAGE, Cost.EWB),
          traced("remove", "one page removed and its frame freed")
              .call(Cost.EREMOVE, Cost.RELEASE_PAGE),
          timed("ecall", "an ecall that does nothing, SDK code included")
              .each(Cost.EENTER, Cost.EEXIT, Cost.ECALL_GLUE, Cost.ECALL_GLUE),
          timed("eresume-aex", "a resumed thread interrupted at once").each(Cost.ERESUME, Cost.AEX),
          timed("pipe-round-trip", "a byte to another process and one back")
              .each(Cost.PIPE_WRITE, Cost.PIPE_WRITE, Cost.PIPE_READ, Cost.PIPE_READ)
              .each(Cost.CONTEXT_SWITCH, Cost.CONTEXT_SWITCH),
          traced(PROBE, "a traced function that does nothing"));

  /** All sums of several costs that have a name, and {@link #PROBE}. */
  public static List<Operation> composites() {
    return COMPOSITES;
  }

  /** Every name that a trace may use. */
  public static List<String> names() {
    List<String> names = new ArrayList<>();
    COMPOSITES.forEach(each -> names.add(each.name()));
    for (Cost cost : Cost.values()) {
      names.add(cost.key());
    }
    return names;
  }

  /** The operation of that name. */
  public static Optional<Operation> named(String name) {
    for (Operation each : COMPOSITES) {
      if (each.name().equals(name)) {
        return Optional.of(each);
      }
    }
    for (Cost cost : Cost.values()) {
      if (cost.key().equals(name)) {
        return Optional.of(timed(name, "one " + name).each(cost));
      }
    }
    return Optional.empty();
  }

  /** How often each cost is in one duration, by ordinal. */
  double[] coefficients(int count, int chunks) {
    double[] row = new double[Cost.values().length];
    perCall.forEach((cost, times) -> row[cost.ordinal()] += times);
    perCount.forEach((cost, times) -> row[cost.ordinal()] += (double) times * count);
    perChunk.forEach((cost, times) -> row[cost.ordinal()] += (double) times * chunks);
    return row;
  }

  /** Whether the duration grows with the column {@code count}. */
  boolean counts() {
    return !perCount.isEmpty();
  }

  /** Whether the duration grows with the column {@code chunks}. */
  boolean measures() {
    return !perChunk.isEmpty();
  }

  private static Operation traced(String name, String what) {
    return new Operation(name, what, true, none(), none(), none());
  }

  private static Operation timed(String name, String what) {
    return new Operation(name, what, false, none(), none(), none());
  }

  private static Map<Cost, Integer> none() {
    return new EnumMap<>(Cost.class);
  }

  private Operation call(Cost... costs) {
    return new Operation(name, what, traced, plus(perCall, costs), perCount, perChunk);
  }

  private Operation call(Cost cost, int times) {
    Map<Cost, Integer> more = new EnumMap<>(perCall);
    more.put(cost, times);
    return new Operation(name, what, traced, more, perCount, perChunk);
  }

  private Operation each(Cost... costs) {
    return new Operation(name, what, traced, perCall, plus(perCount, costs), perChunk);
  }

  private Operation chunk(Cost... costs) {
    return new Operation(name, what, traced, perCall, perCount, plus(perChunk, costs));
  }

  private static Map<Cost, Integer> plus(Map<Cost, Integer> terms, Cost... costs) {
    Map<Cost, Integer> more = new EnumMap<>(Cost.class);
    more.putAll(terms);
    for (Cost cost : costs) {
      more.merge(cost, 1, Integer::sum);
    }
    return more;
  }
}
