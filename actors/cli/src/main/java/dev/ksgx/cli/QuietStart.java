package dev.ksgx.cli;

import java.io.FilterOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;

/**
 * Keeps the terminal free of warnings that are not about ksgx. From Java 24 on, the first use of
 * {@code sun.misc.Unsafe} in a JVM prints four lines on the JVM's first standard error stream, and
 * Akka uses it. Only an option of {@code java} turns that off, and {@code java -jar} should just
 * work, so Akka's class is initialised here while that stream leads nowhere. The jar's manifest
 * opens {@code java.io} for this; without it (on a plain class path) the warning is printed and
 * nothing else happens.
 */
final class QuietStart {
  private static final int FIRST_THAT_WARNS = 24;

  private QuietStart() {}

  static void run() {
    if (Runtime.version().feature() < FIRST_THAT_WARNS) {
      return;
    }
    try {
      Field target = FilterOutputStream.class.getDeclaredField("out");
      target.setAccessible(true);
      Object shown = target.get(System.err);
      target.set(System.err, OutputStream.nullOutputStream());
      try {
        Class.forName("akka.util.Unsafe");
      } finally {
        target.set(System.err, shown);
      }
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      // The warning is printed later, by whoever needs the class first.
    }
  }
}
