package dev.ksgx.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ksgx.hardware.image.SgxsReader;
import dev.ksgx.hardware.image.SigStructFile;
import dev.ksgx.hardware.image.StreamMeasurement;
import dev.ksgx.hardware.launch.SignatureCheck;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.SigStruct;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures a page stream, and holds a SIGSTRUCT against it. */
@Command(
    name = "measure",
    description = {
      "Measure an SGXS file: MRENCLAVE and what it is made of.",
      "With --sigstruct also check signature, Q1, Q2 and that it signs this enclave;",
      "exit code 1 if anything disagrees."
    },
    mixinStandardHelpOptions = true)
final class MeasureCommand implements Callable<Integer> {
  /** What is printed; the components are the fields of the JSON. */
  record Result(
      String mrenclave,
      long elrangeBytes,
      long pages,
      long measuredChunks,
      long blocks,
      Signature sigstruct) {}

  /** The part about the SIGSTRUCT; null if none was given. */
  record Signature(
      String mrsigner,
      boolean signatureValid,
      boolean mrenclaveMatches,
      int isvProdId,
      int isvSvn,
      String date,
      String vendor,
      boolean debug) {}

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "F.sgxs", description = "SGXS file, plain or gzip.")
  private Path sgxs;

  @Option(names = "--sigstruct", paramLabel = "F.sig", description = "SIGSTRUCT file, 1808 bytes.")
  private Path sigStructFile;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    InputFile.readable(sgxs, "an SGXS file");
    SigStruct sigStruct = null;
    if (sigStructFile != null) {
      sigStruct = SigStructFile.read(InputFile.readable(sigStructFile, "a SIGSTRUCT file"));
    }
    StreamMeasurement measured = SgxsReader.measure(sgxs);
    Result result =
        new Result(
            measured.mrenclave().hex(),
            measured.elrangeBytes(),
            measured.pages(),
            measured.measuredChunks(),
            measured.blocks(),
            sigStruct == null ? null : judge(sigStruct, measured));
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? toJson(result) : toText(result));
    Signature signature = result.sigstruct();
    boolean agrees =
        signature == null || signature.signatureValid() && signature.mrenclaveMatches();
    return agrees ? ExitCode.OK : ExitCode.NO;
  }

  private static Signature judge(SigStruct sigStruct, StreamMeasurement measured) {
    return new Signature(
        sigStruct.mrsigner().hex(),
        SignatureCheck.verify(sigStruct).isValid(),
        sigStruct.enclaveHash().equals(measured.mrenclave()),
        sigStruct.isvProdId(),
        sigStruct.isvSvn(),
        String.format("%08x", sigStruct.date()),
        String.format("0x%08x", sigStruct.vendor()),
        sigStruct.attributes().has(Attributes.DEBUG));
  }

  private static String toJson(Result result) {
    try {
      return new ObjectMapper().writeValueAsString(result);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a result is plain data", e);
    }
  }

  private static String toText(Result result) {
    StringBuilder text = new StringBuilder();
    row(text, "MRENCLAVE", result.mrenclave());
    row(text, "ELRANGE", result.elrangeBytes() + " bytes");
    row(text, "pages", result.pages() + ", " + result.measuredChunks() + " chunks measured");
    row(text, "blocks hashed", result.blocks() + " of 64 bytes");
    Signature signature = result.sigstruct();
    if (signature != null) {
      row(text, "MRSIGNER", signature.mrsigner());
      row(text, "signature", signature.signatureValid() ? "valid" : "NOT VALID");
      row(text, "signs this", signature.mrenclaveMatches() ? "yes" : "NO: another MRENCLAVE");
      row(text, "ISVPRODID", signature.isvProdId() + ", ISVSVN " + signature.isvSvn());
      row(text, "date", signature.date() + ", vendor " + signature.vendor());
      row(text, "debug", signature.debug() ? "yes" : "no");
    }
    return text.toString().stripTrailing();
  }

  private static void row(StringBuilder text, String name, String value) {
    text.append(String.format("%-14s %s%n", name, value));
  }
}
