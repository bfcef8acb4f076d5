package dev.ksgx.cli;

import dev.ksgx.hardware.image.SgxsReader;
import dev.ksgx.hardware.image.SigningKeyFile;
import dev.ksgx.hardware.launch.SignatureCheck;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.launch.SigningKey;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SigStruct;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Signs an enclave. */
@Command(
    name = "sign",
    description = "Sign an SGXS file: write the SIGSTRUCT that EINIT wants.",
    mixinStandardHelpOptions = true)
final class SignCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "F.sgxs", description = "SGXS file, plain or gzip.")
  private Path sgxs;

  @Option(
      names = "--key",
      required = true,
      paramLabel = "K.pem",
      description = "RSA private key, 3072 bits, exponent 3, PEM (PKCS#1 or PKCS#8).")
  private Path keyFile;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "F.sig",
      description = "Where the SIGSTRUCT goes; written whole or not at all.")
  private Path out;

  @Mixin private SignedFields fields;

  @Override
  public Integer call() throws IOException {
    InputFile.readable(sgxs, "an SGXS file");
    SigStruct.Builder body = fields.body();
    SigningKey key = SigningKeyFile.read(InputFile.readable(keyFile, "a PEM file with an RSA key"));
    NewFile.check(out, List.of(sgxs, keyFile));
    Bytes mrenclave = SgxsReader.measure(sgxs).mrenclave();
    SigStruct signed = Signer.sign(body.enclaveHash(mrenclave), key);
    if (!SignatureCheck.verify(signed).isValid()) {
      throw new IllegalStateException("the signature just made does not verify");
    }
    NewFile.write(out, signed.bytes().toByteArray());
    spec.commandLine().getOut().printf("MRENCLAVE %s%n", mrenclave.hex());
    spec.commandLine().getOut().printf("MRSIGNER  %s%n", signed.mrsigner().hex());
    return ExitCode.OK;
  }
}
