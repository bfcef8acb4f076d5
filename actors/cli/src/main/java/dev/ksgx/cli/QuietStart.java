package dev.ksgx.cli;

import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Keeps the terminal free of warnings that are not about ksgx. From Java 24 on, the first use of
 * {@code sun.misc.Unsafe} in a JVM prints four lines on standard error, and Akka uses it. A manifest
 * has no switch for that, and {@code java -jar} should just work, so Akka's class is initialised here
 * while standard error is elsewhere; the warning is given once only.
 */
final class QuietStart {
  private QuietStart() {}

  static void run() {
    if (Runtime.version().feature() < 24) {
      return;
    }
    PrintStream err = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    try {
      Class.forName("akka.util.Unsafe");
    } catch (ClassNotFoundException | LinkageError e) {
      // Whoever needs the class will say so.
    } finally {
      System.setErr(err);
    }
  }
}
