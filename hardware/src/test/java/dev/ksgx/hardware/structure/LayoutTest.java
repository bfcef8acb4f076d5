package dev.ksgx.hardware.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ksgx.hardware.structure.Layout.Field;
import dev.ksgx.hardware.structure.Layout.Use;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each structure byte by byte against the tables of isa.md 1, written down again here. */
class LayoutTest {
  /** Name, then offset+size of every field that carries a value; the rest is reserved or CET. */
  private static final String TABLES =
      """
      Secs 4096 SIZE@0+8 BASEADDR@8+8 SSAFRAMESIZE@16+4 MISCSELECT@20+4 ATTRIBUTES@48+16 \
      MRENCLAVE@64+32 MRSIGNER@128+32 CONFIGID@192+64 ISVPRODID@256+2 ISVSVN@258+2 CONFIGSVN@260+2
      SecInfo 64 FLAGS@0+8
      PageInfo 32 LINADDR@0+8 SRCPGE@8+8 SECINFO@16+8 SECS@24+8
      Pcmd 128 SECINFO@0+64 ENCLAVEID@64+8 MAC@112+16
      SigStruct 1808 HEADER@0+16 VENDOR@16+4 DATE@20+4 HEADER2@24+16 SWDEFINED@40+4 MODULUS@128+384 \
      EXPONENT@512+4 SIGNATURE@516+384 MISCSELECT@900+4 MISCMASK@904+4 ISVFAMILYID@912+16 \
      ATTRIBUTES@928+16 ATTRIBUTEMASK@944+16 ENCLAVEHASH@960+32 ISVEXTPRODID@1008+16 \
      ISVPRODID@1024+2 ISVSVN@1026+2 Q1@1040+384 Q2@1424+384
      EinitToken 304 VALID@0+4 ATTRIBUTES@48+16 MRENCLAVE@64+32 MRSIGNER@128+32 CPUSVNLE@192+16 \
      ISVPRODIDLE@208+2 ISVSVNLE@210+2 MASKEDMISCSELECTLE@236+4 MASKEDATTRIBUTESLE@240+16 \
      KEYID@256+32 MAC@288+16
      Report 432 CPUSVN@0+16 MISCSELECT@16+4 ISVEXTPRODID@32+16 ATTRIBUTES@48+16 MRENCLAVE@64+32 \
      MRSIGNER@128+32 CONFIGID@192+64 ISVPRODID@256+2 ISVSVN@258+2 CONFIGSVN@260+2 \
      ISVFAMILYID@304+16 REPORTDATA@320+64 KEYID@384+32 MAC@416+16
      TargetInfo 512 MEASUREMENT@0+32 ATTRIBUTES@32+16 CONFIGSVN@50+2 MISCSELECT@52+4 CONFIGID@64+64
      KeyRequest 512 KEYNAME@0+2 KEYPOLICY@2+2 ISVSVN@4+2 CPUSVN@8+16 ATTRIBUTEMASK@24+16 \
      KEYID@40+32 MISCMASK@72+4 CONFIGSVN@76+2
      Tcs 4096 STATE@0+8 FLAGS@8+8 OSSA@16+8 CSSA@24+4 NSSA@28+4 OENTRY@32+8 AEP@40+8 OFSBASE@48+8 \
      OGSBASE@56+8 FSLIMIT@64+4 GSLIMIT@68+4
      """;

  /** CET fields of isa.md 1; the machine has no CET and treats them as reserved. */
  private static final String CET_TABLES =
      """
      Secs CET_LEG_BITMAP_OFFSET@24+8 CET_ATTRIBUTES@32+1
      SigStruct CET_ATTRIBUTES@908+1 CET_ATTRIBUTES_MASK@909+1
      Report CET_ATTRIBUTES@20+1
      TargetInfo CET_ATTRIBUTES@48+1
      """;

  private static final List<String> KSS_FIELDS =
      List.of("CONFIGID", "CONFIGSVN", "ISVFAMILYID", "ISVEXTPRODID");

  static Stream<String> tables() {
    return TABLES.lines();
  }

  @ParameterizedTest
  @MethodSource("tables")
  void theTableIsThatOfTheManual(String line) throws ReflectiveOperationException {
    Expected expected = Expected.parse(line);
    Layout layout = expected.layout();
    assertThat(layout.size()).isEqualTo(expected.size);
    assertThat(rows(layout, Use.VALUE, Use.KSS)).isEqualTo(expected.rows);
    List<String> cet =
        CET_TABLES
            .lines()
            .filter(l -> l.startsWith(expected.name + " "))
            .flatMap(l -> Stream.of(l.split(" ")).skip(1))
            .toList();
    assertThat(rows(layout, Use.CET)).isEqualTo(cet);
    for (Field field : layout.fields()) {
      assertThat(field.use() == Use.KSS)
          .as(field.name())
          .isEqualTo(KSS_FIELDS.contains(field.name()));
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void fieldsCoverEveryByteOnce(String line) throws ReflectiveOperationException {
    Layout layout = Expected.parse(line).layout();
    int[] owners = new int[layout.size()];
    for (Field field : layout.fields()) {
      for (int i = field.offset(); i < field.end(); i++) {
        owners[i]++;
      }
    }
    assertThat(owners).containsOnly(1);
  }

  @ParameterizedTest
  @MethodSource("tables")
  void settingOneFieldChangesExactlyItsBytesAndReadsBack(String line)
      throws ReflectiveOperationException {
    Expected expected = Expected.parse(line);
    Class<?> type = expected.type();
    for (Field field : expected.layout().fields()) {
      if (field.use() == Use.RESERVED || field.use() == Use.CET) {
        continue;
      }
      Object blank = type.getMethod("builder").invoke(null);
      byte[] before = image(blank);
      Method setter = setter(blank.getClass(), field);
      Object value = pattern(setter.getParameterTypes()[0], field.size());
      setter.invoke(blank, value);
      byte[] after = image(blank);

      byte[] wanted = before.clone();
      for (int i = 0; i < field.size(); i++) {
        wanted[field.offset() + i] = (byte) (0xa1 + i);
      }
      assertThat(after).as(expected.name + "." + field.name()).isEqualTo(wanted);
      Object whole = blank.getClass().getMethod("build").invoke(blank);
      assertThat(type.getMethod(setter.getName()).invoke(whole)).isEqualTo(value);
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void anyOtherSizeIsRefusedWithTheExpectedOne(String line) throws ReflectiveOperationException {
    Expected expected = Expected.parse(line);
    Method parse = expected.type().getMethod("parse", Bytes.class);
    for (int size : new int[] {0, expected.size - 1, expected.size + 1}) {
      assertThatThrownBy(() -> parse.invoke(null, Bytes.zeros(size)))
          .hasRootCauseInstanceOf(IllegalArgumentException.class)
          .rootCause()
          .hasMessageContaining(size + " bytes, expected " + expected.size);
    }
  }

  @Test
  void aTableWithAGapAnOverlapOrAWrongEndIsRefused() {
    Layout.Builder gap = Layout.of("GAP", 16);
    gap.field("A", 0, 4);
    assertThatThrownBy(() -> gap.field("B", 8, 8)).hasMessageContaining("ends at 4");
    Layout.Builder overlap = Layout.of("OVERLAP", 16);
    overlap.field("A", 0, 4);
    assertThatThrownBy(() -> overlap.field("B", 2, 8)).hasMessageContaining("ends at 4");
    Layout.Builder shortOne = Layout.of("SHORT", 16);
    shortOne.field("A", 0, 4);
    assertThatThrownBy(shortOne::build).hasMessageContaining("expected 16");
  }

  @Test
  void aValueThatDoesNotFitItsFieldIsRefused() {
    assertThatThrownBy(() -> KeyRequest.builder().isvSvn(0x10000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ISVSVN");
    assertThatThrownBy(() -> KeyRequest.builder().keyId(Bytes.zeros(31)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("31 bytes, expected 32");
  }

  private static byte[] image(Object builder) throws ReflectiveOperationException {
    Struct whole = (Struct) builder.getClass().getMethod("build").invoke(builder);
    return whole.bytes().toByteArray();
  }

  /** The builder method whose name is the field's, apart from the word the manual abbreviates. */
  private static Method setter(Class<?> builder, Field field) {
    String key =
        switch (field.name()) {
          case "SIZE" -> "sizebytes";
          case "BASEADDR" -> "baseaddress";
          case "LINADDR" -> "linearaddress";
          case "SRCPGE" -> "sourcepage";
          case "SECS" -> "secsaddress";
          case "SECINFO" -> field.size() == 8 ? "secinfoaddress" : "secinfo";
          default -> field.name().toLowerCase(Locale.ROOT);
        };
    return Stream.of(builder.getMethods())
        .filter(m -> m.getParameterCount() == 1)
        .filter(m -> m.getName().toLowerCase(Locale.ROOT).equals(key))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no setter for " + field));
  }

  /** A value whose bytes are a1, a2, a3, ... */
  private static Object pattern(Class<?> type, int size) {
    byte[] raw = new byte[size];
    for (int i = 0; i < size; i++) {
      raw[i] = (byte) (0xa1 + i);
    }
    Bytes bytes = Bytes.copyOf(raw);
    if (type == Bytes.class) {
      return bytes;
    }
    if (type == Attributes.class) {
      return Attributes.parse(bytes);
    }
    if (type == long.class) {
      return bytes.u64(0);
    }
    return size == 2 ? (Object) bytes.u16(0) : (Object) bytes.u32(0);
  }

  private static List<String> rows(Layout layout, Use... uses) {
    List<Use> wanted = List.of(uses);
    return layout.fields().stream()
        .filter(f -> wanted.contains(f.use()))
        .map(f -> f.name() + "@" + f.offset() + "+" + f.size())
        .collect(Collectors.toList());
  }

  private record Expected(String name, int size, List<String> rows) {
    static Expected parse(String line) {
      List<String> words = new ArrayList<>(List.of(line.trim().split("\\s+")));
      return new Expected(
          words.get(0), Integer.parseInt(words.get(1)), words.subList(2, words.size()));
    }

    Class<?> type() throws ClassNotFoundException {
      return Class.forName("dev.ksgx.hardware.structure." + name);
    }

    Layout layout() throws ReflectiveOperationException {
      return (Layout) type().getField("LAYOUT").get(null);
    }
  }
}
