package dev.ksgx.load.workload.life;

import dev.ksgx.load.scenario.TouchPlan;
import dev.ksgx.runtime.random.RandomStream;

/** Which page of its heap a thread touches next, from 0. */
interface PageChoice {
  int next();

  /**
   * The choice of one thread of an enclave in one life.
   *
   * @param thread from 0
   * @param random of this thread alone
   */
  static PageChoice of(TouchPlan plan, int thread, int threads, RandomStream random) {
    return switch (plan.pattern()) {
      case NONE ->
          throw new IllegalArgumentException("a thread that touches nothing has no choice");
      case SEQUENTIAL -> sequential(plan.pages(), (int) ((long) plan.pages() * thread / threads));
      case UNIFORM -> () -> random.nextInt(plan.pages());
      case ZIPF -> zipf(new Zipf(plan.pages(), plan.exponent()), random);
      case PHASES -> new Phases(plan, random);
    };
  }

  /** One page after the other, again and again. */
  static PageChoice sequential(int pages, int first) {
    return new PageChoice() {
      private int page = first;

      @Override
      public int next() {
        int now = page;
        page = now + 1 == pages ? 0 : now + 1;
        return now;
      }
    };
  }

  private static PageChoice zipf(Zipf ranks, RandomStream random) {
    return () -> ranks.next(random) - 1;
  }

  /** A window that moves. */
  final class Phases implements PageChoice {
    private final TouchPlan plan;
    private final RandomStream random;
    private long left;
    private int first;

    private Phases(TouchPlan plan, RandomStream random) {
      this.plan = plan;
      this.random = random;
    }

    @Override
    public int next() {
      if (left == 0) {
        left = plan.phase();
        first = random.nextInt(plan.pages() - plan.workingSet() + 1);
      }
      left--;
      return first + random.nextInt(plan.workingSet());
    }
  }
}
