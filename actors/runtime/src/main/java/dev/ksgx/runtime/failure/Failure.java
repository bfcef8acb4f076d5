package dev.ksgx.runtime.failure;

/**
 * An exception that no supervision strategy was declared for.
 *
 * @param actor path of the actor without address and uid, or what else was running
 * @param atNanos instant of the system's clock
 */
public record Failure(String actor, Throwable cause, long atNanos) {
  @Override
  public String toString() {
    return actor + " failed at " + atNanos + " ns: " + cause;
  }
}
