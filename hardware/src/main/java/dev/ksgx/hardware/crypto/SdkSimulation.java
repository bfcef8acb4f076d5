package dev.ksgx.hardware.crypto;

import static dev.ksgx.hardware.crypto.KeyField.ATTRIBUTES;
import static dev.ksgx.hardware.crypto.KeyField.ATTRIBUTESMASK;
import static dev.ksgx.hardware.crypto.KeyField.CONFIGID;
import static dev.ksgx.hardware.crypto.KeyField.CONFIGSVN;
import static dev.ksgx.hardware.crypto.KeyField.CPUSVN;
import static dev.ksgx.hardware.crypto.KeyField.ISVEXTPRODID;
import static dev.ksgx.hardware.crypto.KeyField.ISVFAMILYID;
import static dev.ksgx.hardware.crypto.KeyField.ISVPRODID;
import static dev.ksgx.hardware.crypto.KeyField.ISVSVN;
import static dev.ksgx.hardware.crypto.KeyField.KEYID;
import static dev.ksgx.hardware.crypto.KeyField.KEYNAME;
import static dev.ksgx.hardware.crypto.KeyField.KEYPOLICY;
import static dev.ksgx.hardware.crypto.KeyField.MISCMASK;
import static dev.ksgx.hardware.crypto.KeyField.MISCSELECT;
import static dev.ksgx.hardware.crypto.KeyField.MRENCLAVE;
import static dev.ksgx.hardware.crypto.KeyField.MRSIGNER;
import static dev.ksgx.hardware.crypto.KeyField.SGXOWNEREPOCH;

import dev.ksgx.hardware.structure.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Keys as the Intel SDK's simulation mode derives them: structures and constants of isa.md 7.5(a).
 */
public final class SdkSimulation {
  /** The simulation's owner epoch, 16 bytes. */
  public static final Bytes OWNER_EPOCH = ascii("THISISOWNEREPOCH");

  /** The simulation's default CPUSVN; a request for CPUSVN 0 means this one. */
  public static final Bytes DEFAULT_CPUSVN = Bytes.fromHex("4820f3376ae6b2f2034d3b7a4b48a778");

  /** The CPUSVN after an upgrade. */
  public static final Bytes UPGRADED_CPUSVN = Bytes.fromHex("5339ae8c93ae8f3ce432db924d0f0733");

  /** The CPUSVN after a downgrade. */
  public static final Bytes DOWNGRADED_CPUSVN = Bytes.fromHex("64ea4f3fa0030c36383c322d4f3a8d4f");

  private static final List<Bytes> OLDEST_FIRST =
      List.of(DOWNGRADED_CPUSVN, DEFAULT_CPUSVN, UPGRADED_CPUSVN);

  private static final Bytes REPORT_KEY = Bytes.fromHex("ff00".repeat(8));

  /** The simulation's REPORT_KEYID: its report base key, then zeros. */
  public static final Bytes REPORT_KEYID = Bytes.concat(REPORT_KEY, Bytes.zeros(16));

  private record Place(KeyField field, int offset) {}

  private record Structure(Bytes baseKey, int size, List<Place> places) {}

  /** By KEYNAME. */
  private static final List<Structure> STRUCTURES =
      List.of(
          new Structure(
              Bytes.fromHex("aa55".repeat(8)),
              128,
              List.of(
                  at(KEYNAME, 0),
                  at(ATTRIBUTES, 8),
                  at(MISCSELECT, 24),
                  at(SGXOWNEREPOCH, 28),
                  at(CPUSVN, 44),
                  at(ISVSVN, 60),
                  at(ISVPRODID, 62),
                  at(MRSIGNER, 64),
                  at(KEYID, 96))),
          new Structure(
              Bytes.fromHex("bbaabbeeff0000dd".repeat(2)),
              104,
              List.of(
                  at(KEYNAME, 0),
                  at(ATTRIBUTES, 8),
                  at(ATTRIBUTESMASK, 24),
                  at(MISCSELECT, 40),
                  at(MISCMASK, 44),
                  at(CPUSVN, 48),
                  at(ISVSVN, 64),
                  at(ISVPRODID, 66),
                  at(MRSIGNER, 68))),
          new Structure(
              ascii("PROVISIONSEALKEY"),
              200,
              List.of(
                  at(KEYNAME, 0),
                  at(KEYPOLICY, 2),
                  at(ATTRIBUTES, 8),
                  at(ATTRIBUTESMASK, 24),
                  at(MISCSELECT, 40),
                  at(MISCMASK, 44),
                  at(CPUSVN, 48),
                  at(ISVSVN, 64),
                  at(ISVPRODID, 66),
                  at(CONFIGSVN, 68),
                  at(CONFIGID, 70),
                  at(ISVFAMILYID, 134),
                  at(ISVEXTPRODID, 150),
                  at(MRSIGNER, 166))),
          new Structure(
              REPORT_KEY,
              192,
              List.of(
                  at(KEYNAME, 0),
                  at(ATTRIBUTES, 8),
                  at(MISCSELECT, 24),
                  at(SGXOWNEREPOCH, 28),
                  at(MRENCLAVE, 44),
                  at(CPUSVN, 76),
                  at(CONFIGSVN, 92),
                  at(CONFIGID, 94),
                  at(KEYID, 158))),
          new Structure(
              Bytes.fromHex("00112233445566778899aabbccddeeff"),
              280,
              List.of(
                  at(KEYNAME, 0),
                  at(KEYPOLICY, 2),
                  at(ATTRIBUTES, 8),
                  at(ATTRIBUTESMASK, 24),
                  at(MISCSELECT, 40),
                  at(MISCMASK, 44),
                  at(SGXOWNEREPOCH, 48),
                  at(CPUSVN, 64),
                  at(ISVSVN, 80),
                  at(ISVPRODID, 82),
                  at(CONFIGSVN, 84),
                  at(CONFIGID, 86),
                  at(ISVFAMILYID, 150),
                  at(ISVEXTPRODID, 166),
                  at(MRENCLAVE, 182),
                  at(MRSIGNER, 214),
                  at(KEYID, 246))));

  private SdkSimulation() {}

  static Bytes derive(KeyDependencies dependencies) {
    Structure structure = STRUCTURES.get(dependencies.keyName());
    byte[] image = new byte[structure.size()];
    for (Place place : structure.places()) {
      dependencies.copy(place.field(), image, place.offset());
    }
    return Cmac.aesCmac(structure.baseKey(), Bytes.copyOf(image));
  }

  /**
   * Whether a request may name this CPUSVN: one of the three known ones, none newer than current.
   */
  static boolean isLegal(Bytes requested, Bytes current) {
    int at = OLDEST_FIRST.indexOf(requested);
    return isZero(requested) || at >= 0 && at <= OLDEST_FIRST.indexOf(current);
  }

  static Bytes effective(Bytes requested) {
    return isZero(requested) ? DEFAULT_CPUSVN : requested;
  }

  private static boolean isZero(Bytes b) {
    return b.isZero(0, b.length());
  }

  private static Place at(KeyField field, int offset) {
    return new Place(field, offset);
  }

  private static Bytes ascii(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.US_ASCII));
  }
}
