package dev.ksgx.kernel.embed;

import dev.ksgx.hardware.epc.Epc;
import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.protocol.abi.SgxIoctl;
import dev.ksgx.protocol.message.EnclaveMessage;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A process whose calls give stages. Each call is made by a thread of the process that has no other
 * call out: an idle one, or a new one. A stage fails with {@link SgxException} if the call was
 * refused, and with {@link KernelFailedException} if the kernel failed.
 */
public final class AsyncProcess {
  private final AsyncKernel kernel;
  private final ProcessSeat seat;

  AsyncProcess(AsyncKernel kernel, ProcessSeat seat) {
    this.kernel = kernel;
    this.seat = seat;
  }

  /** The process id. */
  public int pid() {
    return seat.mainTask.pid();
  }

  /** {@link #launch(SignedEnclave)} of an image with a SIGSTRUCT. */
  public CompletionStage<AsyncEnclave> launch(EnclaveImage image, SigStruct sigStruct) {
    return launch(new SignedEnclave(image, sigStruct));
  }

  /**
   * mmap, CREATE, ADD_PAGE for each page, INIT, as one thread; before that open() if the process
   * has no open descriptor. After a failure the mapping is gone again.
   */
  public CompletionStage<AsyncEnclave> launch(SignedEnclave enclave) {
    return launch(enclave, (Bytes) null);
  }

  /**
   * As {@link #launch(SignedEnclave)}, with a token that the caller brings: nobody is asked for
   * one. The driver refuses it unless it takes tokens ({@code LaunchDesign.tokenFromUser}).
   */
  public CompletionStage<AsyncEnclave> launch(SignedEnclave enclave, EinitToken token) {
    return launch(enclave, token.bytes());
  }

  private CompletionStage<AsyncEnclave> launch(SignedEnclave enclave, Bytes token) {
    return kernel
        .submit(Launching.launch(seat, enclave, token))
        .thenApply(launched -> new AsyncEnclave(kernel, launched, enclave));
  }

  /**
   * A token for that enclave, of the launch daemon that the process relies on; it is not kept.
   * Fails with {@link IllegalStateException} where there is none.
   */
  public CompletionStage<EinitToken> askToken(SignedEnclave enclave) {
    return kernel.submit(SystemCalls.askToken(seat, enclave)).thenApply(EinitToken::parse);
  }

  /** open("/dev/sgx"): the descriptor. The first one of all starts the launch enclave. */
  public CompletionStage<Integer> open() {
    return kernel.submit(SystemCalls.open(seat));
  }

  /** close() of a descriptor. */
  public CompletionStage<Void> closeDescriptor(int descriptor) {
    return kernel.submit(SystemCalls.close(seat, descriptor));
  }

  /** mmap() of {@code bytes} of the device, a power of two: the address. */
  public CompletionStage<Long> mmap(long bytes) {
    return kernel.submit(SystemCalls.mmap(seat, bytes));
  }

  /** munmap(). Any part of an enclave's range kills the enclave. */
  public CompletionStage<Void> munmap(long address, long bytes) {
    return kernel.submit(SystemCalls.munmap(seat, address, bytes));
  }

  /** SGX_IOC_ENCLAVE_CREATE; BASEADDR and SIZE are those of a mapping. */
  public CompletionStage<Void> create(Secs secs) {
    return ioctl(SgxException.Phase.CREATE, new SgxIoctl.Create(secs.bytes()));
  }

  /**
   * SGX_IOC_ENCLAVE_ADD_PAGE.
   *
   * @param address linear address of the page
   * @param content 4096 bytes; null stands for an address that cannot be read
   * @param mrmask bit i measures bytes 256 i to 256 i + 255
   */
  public CompletionStage<Void> addPage(long address, Bytes content, SecInfo secInfo, int mrmask) {
    if (content != null && content.length() != Epc.PAGE_BYTES) {
      throw new IllegalArgumentException(
          "page content of " + content.length() + " bytes, expected " + Epc.PAGE_BYTES);
    }
    return ioctl(
        SgxException.Phase.ADD, new SgxIoctl.AddPage(address, content, secInfo.bytes(), mrmask));
  }

  /** SGX_IOC_ENCLAVE_INIT of the enclave that covers {@code address}. */
  public CompletionStage<Void> init(long address, SigStruct sigStruct) {
    return ioctl(SgxException.Phase.INIT, new SgxIoctl.Init(address, sigStruct, false));
  }

  /** SGX_IOC_ENCLAVE_INIT with a token of the caller (ABI 0x4018A402). */
  public CompletionStage<Void> init(long address, SigStruct sigStruct, EinitToken token) {
    return ioctl(
        SgxException.Phase.INIT, new SgxIoctl.InitWithToken(address, sigStruct, token.bytes()));
  }

  /**
   * Says whose launch enclave made the tokens that come with INIT on that open file: once a file
   * (hash source per-fd; {@link SgxIoctl.SetFileHash}).
   *
   * @param hash MRSIGNER of the launch enclave, 32 bytes
   */
  public CompletionStage<Void> sayFileHash(int descriptor, Bytes hash) {
    SgxIoctl said = new SgxIoctl.SetFileHash(hash);
    return ioctl(SgxException.Phase.HASH, new SgxIoctl.OnFile(descriptor, said));
  }

  /**
   * Says whose launch enclave makes the tokens of the whole machine (hash source ioctl; {@link
   * SgxIoctl.SetMachineHash}). The process must have the device open.
   *
   * @param hash MRSIGNER of the launch enclave, 32 bytes
   * @param privileged whether the process has the capability that it takes
   */
  public CompletionStage<Void> sayMachineHash(Bytes hash, boolean privileged) {
    return ioctl(SgxException.Phase.HASH, new SgxIoctl.SetMachineHash(hash, privileged));
  }

  private CompletionStage<Void> ioctl(SgxException.Phase phase, SgxIoctl ioctl) {
    return kernel.submit(SystemCalls.ioctl(seat, phase, ioctl));
  }

  /**
   * fork(): a child without descriptors of the device. It has this process's enclaves if the
   * generation of the driver lets it ({@link AsyncEnclave#in}).
   */
  public CompletionStage<AsyncProcess> fork() {
    return kernel
        .submit(SystemCalls.fork(seat))
        .thenApply(child -> new AsyncProcess(kernel, child));
  }

  /**
   * The calls under way, oldest first, by the request number under which the {@link
   * dev.ksgx.runtime.probe.Probe} knows them. A launch is one.
   */
  public CompletionStage<List<Long>> requests() {
    return kernel.submit(
        (gateway, call) ->
            call.succeed(
                seat.inCall.values().stream().map(turn -> turn.request().value()).toList()));
  }

  ProcessSeat seat() {
    return seat;
  }

  /** The enclave that covers {@code address}; RELEASED if none does. */
  public CompletionStage<EnclaveMessage.State> state(long address) {
    return kernel.submit(SystemCalls.state(seat, address));
  }

  /**
   * exit(): mappings and descriptors are closed once calls under way have returned. Completes when
   * the process is gone, however often it is called.
   */
  public CompletionStage<Void> exit() {
    return kernel.submit(SystemCalls.exit(seat));
  }

  /** SIGKILL, then as {@link #exit()}. A thread inside an enclave finishes its program first. */
  public CompletionStage<Void> kill() {
    return kernel.submit(SystemCalls.kill(seat));
  }

  /**
   * A signal for every thread that is in a call now: a call ends where the driver looks at signals.
   * Completes with the number of threads.
   */
  public CompletionStage<Integer> signal() {
    return kernel.submit(Faults.signal(seat));
  }
}
