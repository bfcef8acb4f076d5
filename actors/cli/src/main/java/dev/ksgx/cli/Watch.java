package dev.ksgx.cli;

import dev.ksgx.load.run.RunControl;

/** A run as the person at the terminal sees it. */
record Watch(Interruption interruption, ProgressLine progress) implements RunControl {
  @Override
  public boolean stopRequested() {
    return interruption.requested();
  }

  @Override
  public void progress(long virtualNanos, long messages) {
    progress.show(virtualNanos, messages);
  }
}
