package dev.ksgx.kernel.cost;

import java.util.EnumMap;
import java.util.Map;

/** The cost of everything a core does, in cycles. Immutable. */
public final class CostModel {
  /** Cycles between two looks of a running EINIT for an unmasked event (design.md 4). */
  public static final long EINIT_POLL_CYCLES = 5_000;

  private final String name;
  private final EnumMap<Cost, Long> cycles;
  private final EnumMap<Cost, Character> marks;
  private final EnumMap<Cost, Double> effectiveGhz;
  private final double jitter;

  private CostModel(
      String name,
      EnumMap<Cost, Long> cycles,
      EnumMap<Cost, Character> marks,
      EnumMap<Cost, Double> effectiveGhz,
      double jitter) {
    this.name = name;
    this.cycles = cycles;
    this.marks = marks;
    this.effectiveGhz = effectiveGhz;
    this.jitter = jitter;
  }

  private static CostModel of(String name, EnumMap<Cost, Long> cycles, double jitter) {
    EnumMap<Cost, Character> marks = new EnumMap<>(Cost.class);
    return new CostModel(name, cycles, marks, new EnumMap<>(Cost.class), jitter);
  }

  /** The reference profile P-CFL with 2 % jitter on software costs. */
  public static CostModel pCfl() {
    EnumMap<Cost, Long> cycles = new EnumMap<>(Cost.class);
    for (Cost cost : Cost.values()) {
      cycles.put(cost, cost.cycles());
    }
    return of("p-cfl", cycles, 0.02);
  }

  /** Nothing costs anything: live mode, where messages run as fast as Akka carries them. */
  public static CostModel zero() {
    EnumMap<Cost, Long> cycles = new EnumMap<>(Cost.class);
    for (Cost cost : Cost.values()) {
      cycles.put(cost, 0L);
    }
    return of("zero", cycles, 0);
  }

  /**
   * The model with one figure replaced.
   *
   * @param value cycles, not negative
   */
  public CostModel with(Cost cost, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(
          "cost " + cost.key() + " is " + value + " cycles; it must not be negative");
    }
    EnumMap<Cost, Long> copy = new EnumMap<>(cycles);
    copy.put(cost, value);
    EnumMap<Cost, Character> rest = new EnumMap<>(marks);
    rest.remove(cost);
    return new CostModel(name, copy, rest, effectiveGhz, jitter);
  }

  /**
   * The model with a cost whose cycles pass at another effective frequency than the core's: between
   * two machines some operations gain more than others (costs.md 2, conversion to other machines).
   *
   * @param ghz cycles of {@code cost} per nanosecond, above 0
   */
  public CostModel withGhz(Cost cost, double ghz) {
    if (!(ghz > 0 && ghz < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "effective GHz of " + cost.key() + " is " + ghz + "; it must be above 0");
    }
    EnumMap<Cost, Double> copy = new EnumMap<>(effectiveGhz);
    copy.put(cost, ghz);
    return new CostModel(name, cycles, marks, copy, jitter);
  }

  /**
   * The model in cycles of a core: what {@link #withGhz} says is worked into the figures.
   *
   * @param coreGhz frequency of the core
   */
  public CostModel inCyclesAt(double coreGhz) {
    EnumMap<Cost, Long> copy = new EnumMap<>(cycles);
    effectiveGhz.forEach(
        (cost, ghz) -> copy.put(cost, Math.round(cycles.get(cost) * (coreGhz / ghz))));
    return of(name, copy, jitter);
  }

  /**
   * The model with another jitter.
   *
   * @param fraction half-width of the uniform variation of software costs; 0 for none, below 1
   */
  public CostModel jitter(double fraction) {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new IllegalArgumentException("jitter is " + fraction + "; it must be in [0, 1)");
    }
    return new CostModel(name, cycles, marks, effectiveGhz, fraction);
  }

  /** The model under another name. */
  public CostModel named(String other) {
    return new CostModel(other, cycles, marks, effectiveGhz, jitter);
  }

  /**
   * The model with another mark of provenance for one figure.
   *
   * @param mark S, D, R, J, or M for a figure measured by the user of the model
   */
  public CostModel marked(Cost cost, char mark) {
    EnumMap<Cost, Character> copy = new EnumMap<>(marks);
    copy.put(cost, mark);
    return new CostModel(name, cycles, copy, effectiveGhz, jitter);
  }

  /** Where the figure of {@code cost} comes from: S, D, R, J, or M for a measured one. */
  public char provenance(Cost cost) {
    return marks.getOrDefault(cost, cost.provenance());
  }

  /** Name of the profile that the figures started from. */
  public String name() {
    return name;
  }

  /** Half-width of the uniform variation of software costs, as a fraction. */
  public double jitter() {
    return jitter;
  }

  /** Whether nothing costs anything, computing included: live mode. */
  public boolean isZero() {
    return cycles.values().stream().allMatch(each -> each == 0);
  }

  /** Cycles of one {@code cost}. */
  public long cycles(Cost cost) {
    return cycles.get(cost);
  }

  /** The costs whose cycles pass at a frequency of their own, in GHz. */
  public Map<Cost, Double> effectiveGhz() {
    return java.util.Collections.unmodifiableMap(effectiveGhz);
  }

  /** All figures. */
  public Map<Cost, Long> figures() {
    return java.util.Collections.unmodifiableMap(cycles);
  }

  /**
   * Cycles of an EINIT that ends at a step of isa.md 6.1. The signature is checked in step 6, the
   * measurement finalised in step 11, the signer hashed in step 12, a token's key derived in step
   * 19; the shares follow the bottom-up count of hash blocks and multiplications in costs.md 1.
   *
   * @param step where it ended
   * @param tokenChecked the token's MAC was computed
   */
  public long einit(int step, boolean tokenChecked) {
    long whole = cycles(Cost.EINIT);
    long spent;
    if (step <= 4) {
      spent = whole / 50;
    } else if (step <= 10) {
      spent = whole * 6 / 10;
    } else if (step == 11) {
      spent = whole * 7 / 10;
    } else if (step < 24) {
      spent = whole * 9 / 10;
    } else {
      spent = whole;
    }
    return tokenChecked ? spent + cycles(Cost.EINIT_TOKEN) : spent;
  }
}
