package dev.ksgx.hardware.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The table of rules in README.md against the tests and the sources. */
class ReadmeTest {
  private static final Path ROOT =
      Path.of(System.getProperty("ksgx.root", "..")).resolve("hardware");
  private static final Path TESTS = ROOT.resolve("src/test/java");
  private static final Path LEAVES = ROOT.resolve("src/main/java/dev/ksgx/hardware/leaf");
  private static final Pattern REFERENCE = Pattern.compile("`(\\w+Test)#(\\w+)`");
  private static final Pattern SECTION = Pattern.compile("(?m)^### (\\w+)$");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\|");
  private static final Pattern NUMBERED = Pattern.compile("(?m)^ *// (\\d+)\\.");

  /** Where the checks of each leaf are written, each under a comment with its number. */
  private static final Map<String, List<String>> SOURCES =
      Map.ofEntries(
          Map.entry("ECREATE", List.of("Ecreate")),
          Map.entry("EADD", List.of("PageAddition")),
          Map.entry("EEXTEND", List.of("Eextend")),
          Map.entry("EINIT", List.of("Einit", "../launch/EinitRules")),
          Map.entry("EREMOVE", List.of("Eremove")),
          Map.entry("EPA", List.of("Epa")),
          Map.entry("EBLOCK", List.of("Eblock")),
          Map.entry("ETRACK", List.of("Etrack")),
          Map.entry("ETRACKC", List.of("Etrackc")),
          Map.entry("EWB", List.of("Ewb")),
          Map.entry("ELDU", List.of("Eld")),
          Map.entry("ERDINFO", List.of("Erdinfo")),
          Map.entry("EDBGRD", List.of("DebugAccess")),
          Map.entry("EDBGWR", List.of("DebugAccess")),
          Map.entry("EENTER", List.of("EnclaveEntry")),
          Map.entry("EGETKEY", List.of("Egetkey")),
          Map.entry("EREPORT", List.of("Ereport")));

  private final String readme = Files.readString(ROOT.resolve("README.md"));

  ReadmeTest() throws IOException {}

  @Test
  void eachTestThatIsNamedExists() throws IOException {
    Set<String> existing = new TreeSet<>();
    for (Class<?> test : testClasses()) {
      testMethods(test).forEach(name -> existing.add(test.getSimpleName() + "#" + name));
    }
    assertThat(references()).hasSizeGreaterThan(300);
    assertThat(existing).containsAll(references());
  }

  @Test
  void eachNumberedTestIsNamed() throws IOException {
    Set<String> numbered = new TreeSet<>();
    for (Class<?> test : testClasses()) {
      testMethods(test)
          .filter(name -> name.matches("step\\d+[A-Z].*"))
          .forEach(name -> numbered.add(test.getSimpleName() + "#" + name));
    }
    assertThat(numbered).hasSizeGreaterThan(190);
    assertThat(references()).containsAll(numbered);
  }

  @Test
  void eachCheckInTheSourcesHasARowAndATest() throws IOException {
    Map<String, String> sections = sections();
    assertThat(sections.keySet()).containsAll(SOURCES.keySet());
    for (Map.Entry<String, List<String>> leaf : SOURCES.entrySet()) {
      String section = sections.get(leaf.getKey());
      for (String source : leaf.getValue()) {
        String text = Files.readString(LEAVES.resolve(source + ".java"));
        Matcher check = NUMBERED.matcher(text);
        while (check.find()) {
          String row = row(section, check.group(1));
          assertThat(row).as("%s step %s", leaf.getKey(), check.group(1)).isNotNull();
          boolean copyOnly = leaf.getKey().equals("ECREATE") && check.group(1).equals("8");
          assertThat(REFERENCE.matcher(row).find() || copyOnly)
              .as("%s step %s has a test", leaf.getKey(), check.group(1))
              .isTrue();
        }
      }
    }
  }

  @Test
  void rowsOfALeafHaveAscendingNumbers() {
    sections()
        .forEach(
            (leaf, text) -> {
              int last = 0;
              Matcher row = ROW.matcher(text);
              while (row.find()) {
                assertThat(Integer.parseInt(row.group(1))).as(leaf).isGreaterThan(last);
                last = Integer.parseInt(row.group(1));
              }
            });
  }

  private Set<String> references() {
    Set<String> found = new TreeSet<>();
    Matcher reference = REFERENCE.matcher(readme);
    while (reference.find()) {
      found.add(reference.group(1) + "#" + reference.group(2));
    }
    return found;
  }

  private Map<String, String> sections() {
    Map<String, String> sections = new TreeMap<>();
    for (String part : readme.split("(?m)^(?=### )")) {
      Matcher title = SECTION.matcher(part);
      if (title.find()) {
        sections.put(title.group(1), part);
      }
    }
    return sections;
  }

  private static String row(String section, String step) {
    return Arrays.stream(section.split("\n"))
        .filter(line -> line.startsWith("| " + step + " |"))
        .findFirst()
        .orElse(null);
  }

  private static Stream<String> testMethods(Class<?> test) {
    return Arrays.stream(test.getDeclaredMethods())
        .filter(m -> m.isAnnotationPresent(Test.class) || m.isAnnotationPresent(TestFactory.class))
        .map(Method::getName);
  }

  private static List<Class<?>> testClasses() throws IOException {
    try (Stream<Path> files = Files.walk(TESTS)) {
      return files
          .filter(file -> file.toString().endsWith("Test.java"))
          .<Class<?>>map(ReadmeTest::load)
          .toList();
    }
  }

  private static Class<?> load(Path file) {
    String name = TESTS.relativize(file).toString().replace(".java", "").replace('/', '.');
    try {
      return Class.forName(name, false, ReadmeTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
