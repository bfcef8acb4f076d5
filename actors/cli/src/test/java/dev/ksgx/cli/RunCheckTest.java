package dev.ksgx.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ksgx.kernel.check.Invariant;
import dev.ksgx.kernel.check.Violation;
import dev.ksgx.kernel.check.ViolationException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code run --check}: what it tells, and its exit code. */
class RunCheckTest {
  @Command(name = "any")
  private static final class Any {}

  @Test
  void aRunWhoseBooksBalanceSaysSo() {
    String[] run = {
      "run",
      "sdk-heap-80mb",
      "--set",
      "load.groups.sdk.unmeasured-pages=300",
      "--set",
      "machine.epc-mib=1",
      "--json"
    };
    Ran plain = Ran.ksgx((Object[]) run);
    Object[] withCheck = Arrays.copyOf(run, run.length + 1, Object[].class);
    withCheck[run.length] = "--check";
    Ran checked = Ran.ksgx(withCheck);
    assertThat(checked.code()).as(checked.err()).isEqualTo(ExitCode.OK);
    assertThat(checked.err()).contains("check: the books balance");
    assertThat(plain.err()).doesNotContain("check:");
    assertThat(report(checked)).as("the check does not disturb the run").isEqualTo(report(plain));
  }

  /** A closed loop launches for ever: its calls are followed until their frames are somebody's. */
  @Test
  void aLoadThatNeverRestsIsCheckedToo() {
    String[] run = {
      "run",
      "closed-loop",
      "--set",
      "load.warm-up=0 ms",
      "--set",
      "load.length=20 launches",
      "--set",
      "machine.epc-mib=2",
      "--json"
    };
    Ran plain = Ran.ksgx((Object[]) run);
    Object[] withCheck = Arrays.copyOf(run, run.length + 1, Object[].class);
    withCheck[run.length] = "--check";
    Ran checked = Ran.ksgx(withCheck);
    assertThat(checked.code()).as(checked.err()).isEqualTo(ExitCode.OK);
    assertThat(checked.err()).contains("check: the books balance");
    assertThat(report(checked)).isEqualTo(report(plain));
  }

  @Test
  void whatABugOfTheDriverBreaksIsCountedUnderItsIdAndTheRunGoesOn() {
    Ran ran =
        Ran.ksgx(
            "run",
            "closed-loop",
            "--set",
            "machine.epc-mib=0.0546875",
            "--set",
            "load.processes=2",
            "--set",
            "load.warm-up=0 ms",
            "--set",
            "load.length=10 launches",
            "--set",
            "kernel.le-pages=pinned",
            "--set",
            "kernel.bugs=[B-43]",
            "--check");
    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.OK);
    assertThat(ran.err())
        .containsPattern(
            "check: B-43 broke an invariant in \\d+ places, first at [\\d,]+ ns: page 0x\\p{XDigit}+ of"
                + " enclave \\d+: is neither in the EPC nor out with a copy and a slot")
        .contains("check: apart from these bugs the books balance");
  }

  @Test
  void whatNoBugExplainsIsOneLineAndExitCodeOne() {
    StringWriter err = new StringWriter();
    CommandLine command = new CommandLine(new Any()).setErr(new PrintWriter(err));
    Violation violation = new Violation(Invariant.SECS_STAYS, "enclave 3", "has no SECS");
    int code =
        new Errors()
            .handleExecutionException(new ViolationException(12_345, violation), command, null);
    assertThat(code).isEqualTo(ExitCode.NO).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "ksgx: check: at 12,345 ns enclave 3: has no SECS (an SECS is in while a page of its"
                + " enclave is)"
                + System.lineSeparator());
  }

  /** Figures and digest; the time that the run took on the wall is another each time. */
  private static String report(Ran ran) {
    assertThat(ran.out()).containsPattern("\"digest\":\"\\p{XDigit}{64}\"");
    return ran.out().replaceAll("\"wallSeconds\":[^,}]+", "");
  }
}
