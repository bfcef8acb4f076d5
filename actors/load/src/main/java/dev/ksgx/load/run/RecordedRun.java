package dev.ksgx.load.run;

import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.runtime.record.RunRecorder;
import java.util.Map;

/** A run that is watched by one and recorded by another. */
record RecordedRun(RunControl watch, RunRecorder recorder) implements RunControl {
  @Override
  public boolean stopRequested() {
    return watch.stopRequested();
  }

  @Override
  public void progress(long virtualNanos, long messages) {
    watch.progress(virtualNanos, messages);
  }

  @Override
  public boolean checks() {
    return watch.checks();
  }

  @Override
  public void checked(Map<String, ConservationWatch.Known> known, int waiting) {
    watch.checked(known, waiting);
  }
}
