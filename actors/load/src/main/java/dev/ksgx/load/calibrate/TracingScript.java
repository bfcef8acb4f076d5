package dev.ksgx.load.calibrate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The bpftrace script that makes a trace on a machine with SGX and the driver of mainline. */
public final class TracingScript {
  private static final String RESOURCE = "sgx-trace.bt";

  private TracingScript() {}

  /** The script; its first lines say how it is used. */
  public static String text() {
    try (InputStream script = TracingScript.class.getResourceAsStream(RESOURCE)) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(RESOURCE + " is part of the module", e);
    }
  }
}
