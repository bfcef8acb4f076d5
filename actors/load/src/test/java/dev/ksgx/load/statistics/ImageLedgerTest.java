package dev.ksgx.load.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ImageLedgerTest {
  @Test
  void launchesCountAtTheirOwnImageIfTheyWerePlannedInTheWindow() {
    ImageLedger ledger = new ImageLedger(2);
    ledger.planned(1, 0);
    ledger.openWindow();
    ledger.planned(2, 0);
    ledger.planned(3, 1);
    ledger.planned(4, 1);
    ledger.planned(5, 1);
    ledger.ended(new Launch(1, 10, 10, 500, Launch.OK));
    ledger.ended(new Launch(2, 20, 20, 120, Launch.OK));
    ledger.ended(new Launch(3, 30, 40, 80, Launch.OK));
    ledger.ended(new Launch(4, 40, 40, 50, "-ENOMEM"));
    List<ImageLedger.Figures> figures = ledger.figures();
    assertThat(figures).extracting(ImageLedger.Figures::planned).containsExactly(1L, 3L);
    assertThat(figures).extracting(ImageLedger.Figures::failed).containsExactly(0L, 1L);
    assertThat(figures).extracting(each -> each.latency().count()).containsExactly(1L, 1L);
    assertThat(figures).extracting(each -> each.latency().meanNanos()).containsExactly(100.0, 50.0);
  }
}
