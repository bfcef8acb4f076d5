package dev.ksgx.kernel.paging;

import dev.ksgx.hardware.image.EnclaveImage;
import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.program.EnclaveProgram;
import dev.ksgx.hardware.program.EnclaveStep;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.structure.Tcs;
import java.util.function.Supplier;

/** An enclave of a TCS, an SSA frame for each thread and a heap that nobody measured. */
public final class HeapEnclave {
  private static final int PAGE = 4096;

  private HeapEnclave() {}

  /** Signed, with {@code threads} TCS and {@code heap} pages behind them. */
  public static SignedEnclave of(int threads, int heap) {
    EnclaveImage.Builder image = EnclaveImage.builder("heap-" + heap);
    for (int thread = 0; thread < threads; thread++) {
      long at = 2L * thread * PAGE;
      Tcs tcs = Tcs.builder().ossa(at + PAGE).nssa(1).oentry(0).fsLimit(-1).gsLimit(-1).build();
      image
          .page(at, SecInfo.tcs(), tcs.bytes(), 0xFFFF)
          .page(at + PAGE, SecInfo.reg(true, true, false), Bytes.zeros(PAGE), 0);
    }
    for (int page = 0; page < heap; page++) {
      image.page(heap(threads, page), SecInfo.reg(true, true, false), Bytes.zeros(PAGE), 0);
    }
    EnclaveImage built = image.build();
    SigStruct.Builder body =
        SigStruct.builder()
            .date(0x20171113)
            .miscMask(-1)
            .attributes(built.attributes())
            .attributeMask(new Attributes(~Attributes.DEBUG, -1))
            .enclaveHash(built.mrenclave())
            .isvProdId(1)
            .isvSvn(1);
    return new SignedEnclave(built, Signer.sign(body, ModelKeys.signer(0)));
  }

  /** Offset of heap page {@code page}. */
  public static long heap(int threads, int page) {
    return (2L * threads + page) * PAGE;
  }

  /** Offset of the TCS of {@code thread}. */
  public static long tcs(int thread) {
    return 2L * thread * PAGE;
  }

  /** What a page is filled with. */
  public static Bytes tag(long page, int round) {
    return Bytes.fromHex("%08x%08x".formatted(page, round));
  }

  /** Writes its tag to each of {@code count} heap pages from {@code from} on. */
  public static Supplier<EnclaveProgram> write(
      long base, int threads, int from, int count, int round) {
    return () ->
        new EnclaveProgram() {
          private int next = from;

          @Override
          public EnclaveStep next(dev.ksgx.hardware.program.StepResult.Done previous) {
            if (next == from + count) {
              return new EnclaveStep.Exit(Bytes.zeros(0));
            }
            int page = next++;
            return new EnclaveStep.Write(base + heap(threads, page), tag(page, round));
          }
        };
  }

  /** Reads each page's tag; exits with the number of pages that have another one. */
  public static Supplier<EnclaveProgram> verify(
      long base, int threads, int from, int count, int round) {
    return () ->
        new EnclaveProgram() {
          private int next = from;
          private int wrong;

          @Override
          public EnclaveStep next(dev.ksgx.hardware.program.StepResult.Done previous) {
            if (previous != null && !previous.value().equals(tag(next - 1, round))) {
              wrong++;
            }
            if (next == from + count) {
              return new EnclaveStep.Exit(Bytes.fromHex("%08x".formatted(wrong)));
            }
            return new EnclaveStep.Read(base + heap(threads, next++), 8);
          }
        };
  }
}
