package dev.ksgx.kernel.embed;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.PageType;
import dev.ksgx.protocol.message.EnclaveMessage;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** An initialised enclave whose calls give stages. Addresses are linear. */
public final class AsyncEnclave {
  private final AsyncKernel kernel;
  private final EnclaveSeat seat;
  private final SignedEnclave signed;

  AsyncEnclave(AsyncKernel kernel, EnclaveSeat seat, SignedEnclave signed) {
    this.kernel = kernel;
    this.seat = seat;
    this.signed = signed;
  }

  /** The same enclave as a child of a fork has it, at the same addresses. */
  public AsyncEnclave in(AsyncProcess child) {
    return new AsyncEnclave(kernel, new EnclaveSeat(child.seat(), seat.base, seat.bytes), signed);
  }

  /** First address of its range. */
  public long base() {
    return seat.base;
  }

  /** What it was launched from. */
  public SignedEnclave signed() {
    return signed;
  }

  /** MRENCLAVE: EINIT found the measured one equal to ENCLAVEHASH of the SIGSTRUCT. */
  public Bytes mrenclave() {
    return signed.sigStruct().enclaveHash();
  }

  /** Where in its life it is, and its pages in the EPC without the SECS. */
  public CompletionStage<EnclaveMessage.State> state() {
    return kernel.submit(SystemCalls.state(seat));
  }

  /**
   * EENTER by the first TCS of the image, the steps of a program, EEXIT; gives what the program
   * left with. A fault, of EENTER or of a step, ends the visit with an {@link SgxException}; what
   * the program throws ends it with that.
   *
   * @param program makes the program; called again if the core is unplugged meanwhile
   * @throws IllegalArgumentException if the image has no TCS
   */
  public CompletionStage<Bytes> enter(Supplier<? extends EnclaveProgram> program) {
    return enter(seat.base + firstTcs(), program);
  }

  /**
   * As {@link #enter(Supplier)} by the TCS at a linear address, so that several threads are inside
   * at once: one a TCS, EENTER faults while another is.
   */
  public CompletionStage<Bytes> enter(long tcs, Supplier<? extends EnclaveProgram> program) {
    return kernel.submit(Accesses.enter(seat, tcs, program));
  }

  private long firstTcs() {
    for (EnclaveImage.Page page : signed.image().pages()) {
      if (page.secInfo().pageType() == PageType.TCS) {
        return page.offset();
      }
    }
    throw new IllegalArgumentException(signed.image().name() + " has no TCS to enter by");
  }

  /** A load by code outside, within one page: all ones where the enclave has a page. */
  public CompletionStage<Bytes> loadFromOutside(long address, int length) {
    return kernel.submit(Accesses.load(seat, address, length));
  }

  /** A store by code outside, within one page: dropped where the enclave has a page. */
  public CompletionStage<Void> storeFromOutside(long address, Bytes data) {
    return kernel.submit(Accesses.store(seat, address, data));
  }

  /**
   * ptrace: reads 8 bytes, little-endian, at a multiple of 8, as a debugger does; a page that is
   * out is brought in. Refused unless the enclave has ATTRIBUTES.DEBUG.
   */
  public CompletionStage<Long> debugRead(long address) {
    return kernel.submit(Accesses.debugRead(seat, address));
  }

  /** ptrace: writes 8 bytes, as {@link #debugRead}. */
  public CompletionStage<Void> debugWrite(long address, long word) {
    return kernel.submit(Accesses.debugWrite(seat, address, word));
  }

  /** munmap() of its range. Does nothing the second time, or if the process is gone. */
  public CompletionStage<Void> unmap() {
    return kernel.submit(SystemCalls.unmap(seat));
  }
}
