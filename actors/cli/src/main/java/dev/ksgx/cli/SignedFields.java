package dev.ksgx.cli;

import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.SigStruct;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import picocli.CommandLine.Option;

/** The fields of a SIGSTRUCT that its signer chooses; numbers are decimal or 0x hexadecimal. */
final class SignedFields {
  @Option(names = "--vendor", paramLabel = "N", description = "VENDOR: 0 or 0x8086; default 0.")
  private String vendor = "0";

  @Option(
      names = "--date",
      paramLabel = "YYYYMMDD",
      description = "DATE; default: today. Give it for output that does not change.")
  private String date;

  @Option(names = "--isvprodid", paramLabel = "N", description = "ISVPRODID; default 0.")
  private String isvProdId = "0";

  @Option(names = "--isvsvn", paramLabel = "N", description = "ISVSVN; default 0.")
  private String isvSvn = "0";

  @Option(
      names = "--attributes",
      paramLabel = "FLAGS[/XFRM]",
      description = "ATTRIBUTES; default 0x4/0x3: 64-bit, x87 and SSE.")
  private String attributes = "0x4/0x3";

  @Option(
      names = "--attribute-mask",
      paramLabel = "FLAGS[/XFRM]",
      description = {
        "ATTRIBUTEMASK, the bits that count; default ~DEBUG (with --debug: all), and all of XFRM but"
            + " AVX and AVX-512."
      })
  private String attributeMask;

  @Option(names = "--miscselect", paramLabel = "N", description = "MISCSELECT; default 0.")
  private String miscSelect = "0";

  @Option(
      names = "--misc-mask",
      paramLabel = "N",
      description = "MISCMASK, the bits that count; default 0xffffffff.")
  private String miscMask = "0xffffffff";

  @Option(names = "--debug", description = "Set ATTRIBUTES.DEBUG: a debug enclave.")
  private boolean debug;

  /** A SIGSTRUCT with these fields, not signed; ENCLAVEHASH is still zero. */
  SigStruct.Builder body() {
    long vendorNumber = number("--vendor", vendor, 32);
    if (vendorNumber != 0 && vendorNumber != SigStruct.VENDOR_INTEL) {
      throw refused("--vendor", vendor, "0 or 0x8086; EINIT refuses any other");
    }
    Attributes asked = attributes("--attributes", attributes, Attributes.LEGACY_XFRM);
    if (debug) {
      asked = new Attributes(asked.flags() | Attributes.DEBUG, asked.xfrm());
    }
    return SigStruct.builder()
        .vendor((int) vendorNumber)
        .date(dateNumber())
        .isvProdId((int) number("--isvprodid", isvProdId, 16))
        .isvSvn((int) number("--isvsvn", isvSvn, 16))
        .attributes(asked)
        .attributeMask(mask())
        .miscSelect((int) number("--miscselect", miscSelect, 32))
        .miscMask((int) number("--misc-mask", miscMask, 32));
  }

  private Attributes mask() {
    long avx = 0xe4L;
    return attributeMask == null
        ? new Attributes(debug ? -1 : ~Attributes.DEBUG, ~avx)
        : attributes("--attribute-mask", attributeMask, ~avx);
  }

  private int dateNumber() {
    DateTimeFormatter basic = DateTimeFormatter.BASIC_ISO_DATE;
    String digits = date == null ? LocalDate.now().format(basic) : date;
    try {
      LocalDate.parse(digits, basic);
    } catch (DateTimeException e) {
      throw refused("--date", digits, "a day as YYYYMMDD, such as 20171113");
    }
    return Integer.parseInt(digits, 16);
  }

  private static Attributes attributes(String option, String text, long defaultXfrm) {
    String[] parts = text.split("/", -1);
    if (parts.length > 2) {
      throw refused(option, text, "FLAGS or FLAGS/XFRM, such as 0x4/0x3");
    }
    return new Attributes(
        number(option, parts[0], 64),
        parts.length == 1 ? defaultXfrm : number(option, parts[1], 64));
  }

  private static long number(String option, String text, int bits) {
    String right =
        "a number from 0 to 0x"
            + BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE).toString(16);
    BigInteger value;
    try {
      value =
          text.startsWith("0x") || text.startsWith("0X")
              ? new BigInteger(text.substring(2), 16)
              : new BigInteger(text);
    } catch (NumberFormatException e) {
      throw refused(option, text, right);
    }
    if (value.signum() < 0 || value.bitLength() > bits) {
      throw refused(option, text, right);
    }
    return value.longValue();
  }

  private static BadInput refused(String option, String text, String right) {
    return new BadInput(option + " " + text + ": must be " + right);
  }
}
