package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.protocol.abi.CallResult;

/**
 * What the launch enclave makes of a request: the token, 304 bytes, and a result, 4 bytes, that the
 * pipes of v5 have no room for (driver.md 5.2).
 *
 * @param token 304 bytes
 * @param result 0, or why the token is not one
 */
public record TokenReply(Bytes token, int result) {
  /** What the program of the launch enclave says when a leaf fails it. */
  static final int UNEXPECTED_ERROR = 0x40000003;

  /** What it says when its policy forbids the enclave. */
  public static final int INVALID_PRIVILEGE = CallResult.INVALID_PRIVILEGE;

  /** Zeros: no token, and no complaint. */
  static final TokenReply ZEROS = new TokenReply(EinitToken.NONE.bytes(), 0);

  private static final int TOKEN_BYTES = ZEROS.token.length();

  /** No token, and why. */
  static TokenReply refused(int result) {
    return new TokenReply(ZEROS.token, result);
  }

  Bytes bytes() {
    byte[] le = new byte[4];
    for (int i = 0; i < 4; i++) {
      le[i] = (byte) (result >>> 8 * i);
    }
    return Bytes.concat(token, Bytes.copyOf(le));
  }

  /** Of 308 bytes. */
  public static TokenReply parse(Bytes bytes) {
    return new TokenReply(bytes.slice(0, TOKEN_BYTES), bytes.u32(TOKEN_BYTES));
  }
}
