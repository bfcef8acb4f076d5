package dev.ksgx.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;

class HistogramLogTest {
  private final String log = HistogramLog.of(SampleResult.of(null));

  @Test
  void headerIsThatOfVersion13() {
    assertThat(log)
        .startsWith("#[Logged by ksgx]\n#[Histogram log format version 1.3]\n#[StartTime: 0.000 ")
        .contains("\"StartTimestamp\",\"Interval_Length\"")
        .contains(",HISTFAAA");
  }

  @Test
  void readerFindsLaunchesAndPhasesInTheWindow() {
    HistogramLogReader reader =
        new HistogramLogReader(new ByteArrayInputStream(log.getBytes(StandardCharsets.US_ASCII)));
    EncodableHistogram next = reader.nextIntervalHistogram();
    assertThat(next.getTag()).isEqualTo("launch");
    assertThat(next.getStartTimeStamp()).isEqualTo(100);
    assertThat(next.getEndTimeStamp()).isEqualTo(104);
    assertThat(((Histogram) next).getTotalCount()).isEqualTo(1);
    assertThat(((Histogram) next).getMaxValue()).isBetween(2_000_000L, 2_002_000L);
    for (String tag : new String[] {"create", "add", "token", "einit"}) {
      assertThat(reader.nextIntervalHistogram().getTag()).isEqualTo(tag);
    }
    assertThat(reader.hasNext()).isFalse();
  }
}
