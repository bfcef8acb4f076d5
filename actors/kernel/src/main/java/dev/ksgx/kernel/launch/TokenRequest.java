package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SigStruct;

/**
 * What v5 writes into the launch enclave's pipe, 80 bytes: MRENCLAVE (32), MRSIGNER (32),
 * ATTRIBUTES (8), XFRM (8) (driver.md 5.1). It carries no number: answers are matched by order
 * alone.
 */
public record TokenRequest(Bytes mrenclave, Bytes mrsigner, Attributes attributes) {
  public static final int BYTES = 80;

  /** Writes to the pipe that one request takes. */
  static final int WRITES = 4;

  /** For a token for an enclave with that SIGSTRUCT and those attributes. */
  public static TokenRequest of(SigStruct sigStruct, Attributes attributes) {
    return new TokenRequest(sigStruct.enclaveHash(), sigStruct.mrsigner(), attributes);
  }

  /** As they are written. */
  public Bytes bytes() {
    return Bytes.concat(mrenclave, mrsigner, attributes.bytes());
  }

  /** Of 80 bytes. */
  public static TokenRequest parse(Bytes bytes) {
    return new TokenRequest(
        bytes.slice(0, 32), bytes.slice(32, 32), Attributes.parse(bytes.slice(64, 16)));
  }
}
