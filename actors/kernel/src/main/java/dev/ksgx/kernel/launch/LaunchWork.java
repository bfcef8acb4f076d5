package dev.ksgx.kernel.launch;

import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Step;
import java.util.List;
import java.util.function.Consumer;

/** What the process does for its threads, whatever channel they read. */
interface LaunchWork {
  /** The thread at work for a request. */
  Flow flow(LaunchThread thread, RequestId request);

  /** What is wrong with the launch enclave now. */
  LaunchFault fault();

  /**
   * One ecall with what the thread does before and after it; {@code then} takes what it answers,
   * unless it never does.
   */
  void serve(
      LaunchThread thread,
      RequestId request,
      List<Step> before,
      TokenRequest asked,
      List<Step> after,
      Consumer<TokenReply> then);

  /** The thread sleeps in its read. */
  void sleep(LaunchThread thread);

  /** Whether the thread goes on; if not, because it was killed, it is over. */
  boolean goesOn(LaunchThread thread);

  /** The thread cannot go on, and the process exits. */
  void fail(LaunchThread thread);

  /** Tell the kernel. */
  void tell(LaunchControlMessage.FromThread message);
}
