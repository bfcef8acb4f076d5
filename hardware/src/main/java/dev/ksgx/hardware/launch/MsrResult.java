package dev.ksgx.hardware.launch;

/**
 * Answer of RDMSR or WRMSR.
 *
 * @param ok false: #GP
 * @param value what RDMSR read or WRMSR wrote; 0 on #GP
 * @param check the rule that refused, null if none did
 */
public record MsrResult(boolean ok, long value, String check) {
  static MsrResult done(long value) {
    return new MsrResult(true, value, null);
  }

  static MsrResult gp(String check) {
    return new MsrResult(false, 0, check);
  }
}
