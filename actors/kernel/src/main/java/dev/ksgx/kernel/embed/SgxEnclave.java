package dev.ksgx.kernel.embed;

import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.protocol.message.EnclaveMessage;
import java.util.function.Supplier;

/** An initialised enclave. Addresses are linear. Closing it unmaps it. */
public final class SgxEnclave implements AutoCloseable {
  private final AsyncKernel kernel;
  private final AsyncEnclave async;

  SgxEnclave(AsyncKernel kernel, AsyncEnclave async) {
    this.kernel = kernel;
    this.async = async;
  }

  /** The same enclave with stages. */
  public AsyncEnclave async() {
    return async;
  }

  /** The same enclave as a child of a fork has it, at the same addresses. */
  public SgxEnclave in(SgxProcess child) {
    return new SgxEnclave(kernel, async.in(child.async()));
  }

  /** First address of its range. */
  public long base() {
    return async.base();
  }

  /** MRENCLAVE: EINIT found the measured one equal to ENCLAVEHASH of the SIGSTRUCT. */
  public Bytes mrenclave() {
    return async.mrenclave();
  }

  /** Where in its life it is, and its pages in the EPC without the SECS. */
  public EnclaveMessage.State state() {
    return kernel.await(async.state());
  }

  /**
   * EENTER by the first TCS of the image, the steps of a program, EEXIT; gives what the program
   * left with.
   *
   * @param program makes the program; called again if the core is unplugged meanwhile
   * @throws SgxException if EENTER or a step faulted; what the program throws comes out as it is
   */
  public Bytes enter(Supplier<? extends EnclaveProgram> program) {
    return kernel.await(async.enter(program));
  }

  /**
   * As {@link #enter(Supplier)} by the TCS at a linear address: one thread at a time may be inside
   * by each.
   */
  public Bytes enter(long tcs, Supplier<? extends EnclaveProgram> program) {
    return kernel.await(async.enter(tcs, program));
  }

  /** A load by code outside, within one page: all ones where the enclave has a page. */
  public Bytes loadFromOutside(long address, int length) {
    return kernel.await(async.loadFromOutside(address, length));
  }

  /** A store by code outside, within one page: dropped where the enclave has a page. */
  public void storeFromOutside(long address, Bytes data) {
    kernel.await(async.storeFromOutside(address, data));
  }

  /**
   * ptrace: reads 8 bytes, little-endian, at a multiple of 8, as a debugger does; a page that is
   * out is brought in.
   *
   * @throws SgxException with -EFAULT if the enclave has no ATTRIBUTES.DEBUG
   */
  public long debugRead(long address) {
    return kernel.await(async.debugRead(address));
  }

  /** ptrace: writes 8 bytes, as {@link #debugRead}. */
  public void debugWrite(long address, long word) {
    kernel.await(async.debugWrite(address, word));
  }

  /** munmap() of its range. */
  @Override
  public void close() {
    kernel.await(async.unmap());
  }
}
