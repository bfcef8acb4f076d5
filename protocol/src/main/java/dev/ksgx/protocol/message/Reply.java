package dev.ksgx.protocol.message;

/** An answer. Each request has exactly one; failures are values in it. */
public interface Reply
    extends DeviceMessage,
        AddressSpaceMessage,
        EnclaveMessage,
        LaunchControlMessage,
        LaunchProcessMessage,
        DaemonMessage,
        TokenStoreMessage,
        AddWorkerMessage,
        SwapperMessage,
        ClientMessage,
        KernelMessage {
  /** The number under which the asker sent the request; it means something to the asker alone. */
  long call();
}
