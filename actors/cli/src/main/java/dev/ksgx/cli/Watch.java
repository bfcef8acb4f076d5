package dev.ksgx.cli;

import dev.ksgx.kernel.check.ConservationWatch;
import dev.ksgx.load.run.RunControl;
import java.io.PrintWriter;
import java.util.Map;

/** A run as the person at the terminal sees it. */
record Watch(Interruption interruption, ProgressLine progress, boolean checks, PrintWriter notes)
    implements RunControl {
  @Override
  public boolean stopRequested() {
    return interruption.requested();
  }

  @Override
  public void progress(long virtualNanos, long messages) {
    progress.show(virtualNanos, messages);
  }

  /**
   * One line for each bug that broke something, one for frames of which nothing is known, and one
   * that says that all was looked at.
   */
  @Override
  public void checked(Map<String, ConservationWatch.Known> known, int waiting) {
    progress.clear();
    known.forEach(
        (bug, broken) ->
            notes.printf(
                "check: %s broke an invariant in %d places, first at %,d ns: %s%n",
                bug, broken.count(), broken.nanos(), broken.first()));
    if (waiting > 0) {
      notes.printf(
          "check: %d frames are in no enclave and not in the pool since the window closed: calls that"
              + " wait may have them%n",
          waiting);
    }
    notes.println(
        known.isEmpty()
            ? "check: the books balance"
            : "check: apart from these bugs the books balance");
    notes.flush();
  }
}
