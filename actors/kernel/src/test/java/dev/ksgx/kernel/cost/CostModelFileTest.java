package dev.ksgx.kernel.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CostModelFileTest {
  @TempDir private Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("m.conf"), content);
  }

  @Test
  void figuresInTheFileReplaceTheReferenceAndTheRestStays() throws IOException {
    CostModel model =
        CostModelFile.read(
            file("name = mine\nghz = 2.5\nfigures { einit { cycles = 77000, provenance = M } }\n"));
    assertThat(model.name()).isEqualTo("mine");
    assertThat(model.cycles(Cost.EINIT)).isEqualTo(77_000);
    assertThat(model.provenance(Cost.EINIT)).isEqualTo('M');
    assertThat(model.cycles(Cost.EADD)).isEqualTo(Cost.EADD.cycles());
    assertThat(model.provenance(Cost.EADD)).isEqualTo(Cost.EADD.provenance());
  }

  @Test
  void figureThatIsReplacedByHandIsNoLongerMeasured() throws IOException {
    CostModel model =
        CostModelFile.read(
            file("name = mine\nghz = 2.5\nfigures { einit { cycles = 7, provenance = M } }\n"));
    assertThat(model.with(Cost.EINIT, 8).provenance(Cost.EINIT)).isNotEqualTo('M');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "figures { enit { cycles = 1, provenance = M } }   | enit = ",
        "figures { einit { cycles = -1, provenance = M } } | einit.cycles = -1, expected 0 to",
        "figures { einit { cycles = 1, provenance = X } }  | einit.provenance = X, expected one of M",
        "figures { einit { cycles = 1 } }                  | provenance",
        "figures { einit { cycels = 1 } }                  | unknown key cycels, expected one of",
        "figures { einit = 5 }                             | einit = 5, expected a group",
        "figuers { }                                       | unknown key figuers, expected one of",
        "figures { einit { cycles = many, provenance = M } } | cycles",
        "figures = 5                                       | figures",
        "figures {                                         | m.conf",
      })
  void whatIsWrongIsNamedInOneLine(String line, String expected) throws IOException {
    Path file = file("name = mine\nghz = 2.5\n" + line + "\n");
    assertThatThrownBy(() -> CostModelFile.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("m.conf")
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void fileThatIsNotThereIsNamed() {
    Path none = folder.resolve("none.conf");
    assertThatThrownBy(() -> CostModelFile.read(none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(none + ": no such file, expected a cost model");
  }
}
