package dev.ksgx.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Entry point of the {@code ksgx} command. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    QuietStart.run();
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int code;
    try {
      code = Ksgx.commandLine().setOut(out).setErr(err).execute(arguments);
    } catch (OutOfMemoryError e) {
      err.println("ksgx: out of memory; give java a larger heap: java -Xmx8g -jar ...");
      code = ExitCode.BUG;
    } catch (Error e) {
      err.println("ksgx: this is a bug in ksgx: " + Errors.oneLine(e.toString()));
      code = ExitCode.BUG;
    }
    if (out.checkError() && code != ExitCode.BUG && code != ExitCode.BAD_INPUT) {
      err.println("ksgx: standard output: cannot be written to; the output is not complete");
      code = ExitCode.BAD_INPUT;
    }
    err.flush();
    System.exit(code);
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }
}
