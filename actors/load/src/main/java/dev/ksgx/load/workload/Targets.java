package dev.ksgx.load.workload;

import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.load.scenario.ImageMix;
import dev.ksgx.load.scenario.ScenarioException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The enclaves of a load, read and signed.
 *
 * @param choices what a launch is drawn from, at least one
 * @param inTurn whether the choices are launched one after the other instead of drawn
 */
public record Targets(List<Choice> choices, boolean inTurn) {
  public Targets {
    choices = List.copyOf(choices);
  }

  /**
   * One image.
   *
   * @param signed by its signers, of which each launch draws one; at least one
   * @param weight in proportion to the other weights
   */
  public record Choice(List<SignedEnclave> signed, double weight) {
    public Choice {
      signed = List.copyOf(signed);
    }
  }

  /** Each in its turn. */
  public static Targets inTurn(List<SignedEnclave> enclaves) {
    return new Targets(
        enclaves.stream().map(enclave -> new Choice(List.of(enclave), 1)).toList(), true);
  }

  /**
   * Those of a scenario.
   *
   * @throws dev.ksgx.hardware.image.ImageFormatException if a file is not what it should be
   * @throws ScenarioException if one cannot be read
   */
  public static Targets of(ImageMix mix) {
    List<Choice> choices = new ArrayList<>();
    for (ImageMix.Share share : mix.shares()) {
      List<SignedEnclave> signed = new ArrayList<>();
      if (share instanceof ImageMix.OfFiles files) {
        signed.add(read(files));
      } else {
        for (int signer = 0; signer < mix.signers(); signer++) {
          signed.add(Images.named(share.name(), signer));
        }
      }
      choices.add(new Choice(signed, share.weight()));
    }
    return new Targets(choices, false);
  }

  private static SignedEnclave read(ImageMix.OfFiles files) {
    try {
      return SignedEnclave.read(files.sgxs(), files.sigStruct());
    } catch (IOException e) {
      throw new ScenarioException(files.name() + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
