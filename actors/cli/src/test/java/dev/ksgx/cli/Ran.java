package dev.ksgx.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** The command run inside this JVM. */
record Ran(int code, String out, String err) {
  static Ran ksgx(Object... arguments) {
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = String.valueOf(arguments[i]);
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Ksgx.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(words);
    return new Ran(code, out.toString(), err.toString());
  }
}
