package dev.ksgx.kernel.embed;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.protocol.message.EnclaveMessage;

/**
 * A process. Several threads of the embedder may make calls at once: each call is made by a thread
 * of the process that has no other call out. Closing it is its exit.
 */
public final class SgxProcess implements AutoCloseable {
  private final AsyncKernel kernel;
  private final AsyncProcess async;

  SgxProcess(AsyncKernel kernel, AsyncProcess async) {
    this.kernel = kernel;
    this.async = async;
  }

  /** The same process with stages. */
  public AsyncProcess async() {
    return async;
  }

  /** The process id. */
  public int pid() {
    return async.pid();
  }

  /** {@link #launch(SignedEnclave)} of an image with a SIGSTRUCT. */
  public SgxEnclave launch(EnclaveImage image, SigStruct sigStruct) {
    return launch(new SignedEnclave(image, sigStruct));
  }

  /**
   * mmap, CREATE, ADD_PAGE for each page, INIT; before that open() if the process has no open
   * descriptor. After a failure the mapping is gone again.
   */
  public SgxEnclave launch(SignedEnclave enclave) {
    return new SgxEnclave(kernel, kernel.await(async.launch(enclave)));
  }

  /** {@link AsyncProcess#launch(SignedEnclave, EinitToken)}. */
  public SgxEnclave launch(SignedEnclave enclave, EinitToken token) {
    return new SgxEnclave(kernel, kernel.await(async.launch(enclave, token)));
  }

  /** {@link AsyncProcess#askToken}. */
  public EinitToken askToken(SignedEnclave enclave) {
    return kernel.await(async.askToken(enclave));
  }

  /** open("/dev/sgx"): the descriptor. The first one of all starts the launch enclave. */
  public int open() {
    return kernel.await(async.open());
  }

  /** close() of a descriptor. */
  public void closeDescriptor(int descriptor) {
    kernel.await(async.closeDescriptor(descriptor));
  }

  /** mmap() of {@code bytes} of the device, a power of two: the address. */
  public long mmap(long bytes) {
    return kernel.await(async.mmap(bytes));
  }

  /** munmap(). Any part of an enclave's range kills the enclave. */
  public void munmap(long address, long bytes) {
    kernel.await(async.munmap(address, bytes));
  }

  /** SGX_IOC_ENCLAVE_CREATE; BASEADDR and SIZE are those of a mapping. */
  public void create(Secs secs) {
    kernel.await(async.create(secs));
  }

  /**
   * SGX_IOC_ENCLAVE_ADD_PAGE.
   *
   * @param address linear address of the page
   * @param content 4096 bytes; null stands for an address that cannot be read
   * @param mrmask bit i measures bytes 256 i to 256 i + 255
   */
  public void addPage(long address, Bytes content, SecInfo secInfo, int mrmask) {
    kernel.await(async.addPage(address, content, secInfo, mrmask));
  }

  /** SGX_IOC_ENCLAVE_INIT of the enclave that covers {@code address}. */
  public void init(long address, SigStruct sigStruct) {
    kernel.await(async.init(address, sigStruct));
  }

  /** {@link AsyncProcess#init(long, SigStruct, EinitToken)}. */
  public void init(long address, SigStruct sigStruct, EinitToken token) {
    kernel.await(async.init(address, sigStruct, token));
  }

  /** {@link AsyncProcess#sayFileHash}. */
  public void sayFileHash(int descriptor, Bytes hash) {
    kernel.await(async.sayFileHash(descriptor, hash));
  }

  /** {@link AsyncProcess#sayMachineHash}. */
  public void sayMachineHash(Bytes hash, boolean privileged) {
    kernel.await(async.sayMachineHash(hash, privileged));
  }

  /** fork(): {@link AsyncProcess#fork()}. */
  public SgxProcess fork() {
    return new SgxProcess(kernel, kernel.await(async.fork()));
  }

  /** The enclave that covers {@code address}; RELEASED if none does. */
  public EnclaveMessage.State state(long address) {
    return kernel.await(async.state(address));
  }

  /** SIGKILL; returns when the process is gone. */
  public void kill() {
    kernel.await(async.kill());
  }

  /** exit(); returns when the process is gone. */
  @Override
  public void close() {
    kernel.await(async.exit());
  }
}
