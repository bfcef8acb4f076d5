package dev.ksgx.protocol.message;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.protocol.abi.RequestId;

/** Root of what the process of the launch enclave receives. */
public interface LaunchProcessMessage {
  /** What others may send to the process. */
  sealed interface Request extends LaunchProcessMessage {}

  /** Bytes in the process's request pipe, written on behalf of {@code request}. */
  record ToProcess(RequestId request, Bytes bytes) implements Request {}

  /** SIGKILL. */
  enum Kill implements Request {
    NOW
  }
}
