package dev.ksgx.trace.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0|0.000", "7|0.007", "-100|-0.100", "-1100|-1.100", "1234567891|1,234,567.891"})
  void nanosecondsAreShownAsMicrosecondsExactly(long nanos, String micros) {
    assertThat(Format.micros(nanos)).isEqualTo(micros);
  }
}
