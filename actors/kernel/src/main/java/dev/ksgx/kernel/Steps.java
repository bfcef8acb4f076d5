package dev.ksgx.kernel;

import dev.ksgx.hardware.leaf.LeafResult;
import dev.ksgx.hardware.leaf.Status;
import dev.ksgx.protocol.message.Executed;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.StepResult;
import dev.ksgx.runtime.record.FieldSink;
import java.util.List;

/** What a trace tells of bursts: the instructions by name, and how the last one failed. */
final class Steps {
  private Steps() {}

  /** One field for each run of the same instruction, named like it: how many there are. */
  static void describe(List<Step> steps, FieldSink to) {
    String name = null;
    int times = 0;
    for (Step step : steps) {
      String next = name(step);
      if (next != null && next.equals(name)) {
        times++;
        continue;
      }
      tell(name, times, to);
      name = next;
      times = 1;
    }
    tell(name, times, to);
  }

  private static void tell(String name, int times, FieldSink to) {
    if (name != null) {
      to.detail(name, times);
    }
  }

  private static String name(Step step) {
    if (step instanceof Step.Encls encls) {
      return encls.request().leaf().name();
    }
    if (step instanceof Step.Wrmsr || step instanceof Step.CachedWrmsr) {
      return "WRMSR";
    }
    if (step instanceof Step.Enter) {
      return "EENTER";
    }
    return step instanceof Step.Resume ? "ERESUME" : null;
  }

  /** Code and fault of the last leaf, if it did not succeed. */
  static void describe(Executed executed, FieldSink to) {
    int last = executed.results().size() - 1;
    if (last < 0 || !(executed.results().get(last) instanceof StepResult.Leaf leaf)) {
      return;
    }
    LeafResult result = leaf.result();
    if (result.status() == Status.CODE || result.status() == Status.INFO) {
      to.detail("code", result.code());
    } else if (!result.isOk()) {
      to.detail("fault", 1);
    }
  }
}
