package dev.ksgx.runtime.record;

/**
 * An Akka scheduler that brings its system's recorder along, since mailboxes can reach it early.
 */
public interface RecorderSource {
  Recorder recorder();
}
