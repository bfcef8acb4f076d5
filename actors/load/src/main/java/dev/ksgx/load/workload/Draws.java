package dev.ksgx.load.workload;

import dev.ksgx.hardware.image.SignedEnclave;
import dev.ksgx.load.scenario.LoadPlan;
import dev.ksgx.load.scenario.Replay;
import dev.ksgx.runtime.random.RandomStream;
import dev.ksgx.runtime.random.RandomStreams;
import java.util.List;

/**
 * What each launch launches. Its streams belong to it alone; in a closed loop each thread has its
 * own, so that the launches of a thread do not depend on who of the others was served first.
 */
final class Draws {
  private final LoadPlan plan;
  private final Targets targets;
  private final double[] upTo;
  private final RandomStream[] images;
  private final RandomStream[] signers;

  Draws(LoadPlan plan, Targets targets, RandomStreams random) {
    this.plan = plan;
    this.targets = targets;
    this.upTo = new double[targets.choices().size()];
    double sum = 0;
    for (int choice = 0; choice < upTo.length; choice++) {
      sum += targets.choices().get(choice).weight();
      upTo[choice] = sum;
    }
    boolean closed = plan.arrivals() == LoadPlan.Arrivals.CLOSED;
    int sources = closed ? plan.threads() : 1;
    this.images = new RandomStream[sources];
    this.signers = new RandomStream[sources];
    for (int source = 0; source < sources; source++) {
      String suffix = closed ? "/" + source : "";
      images[source] = random.stream("load/images" + suffix);
      signers[source] = random.stream("load/signers" + suffix);
    }
  }

  /**
   * What was drawn.
   *
   * @param choice its number among the targets, from 0
   */
  record Drawn(int choice, SignedEnclave enclave) {}

  /**
   * What a launch launches.
   *
   * @param launch its number, from 0; in an open loop to be asked for in this order
   * @param thread that launches it
   */
  Drawn draw(long launch, int thread) {
    List<Targets.Choice> choices = targets.choices();
    if (targets.inTurn()) {
      int turn = (int) (launch % choices.size());
      return new Drawn(turn, choices.get(turn).signed().get(0));
    }
    int source = images.length == 1 ? 0 : thread;
    int choice = choice(launch, source);
    List<SignedEnclave> signed = choices.get(choice).signed();
    // Drawn whatever the image is, so that another mix leaves the signers as they were.
    int signer = signers[source].nextInt(plan.images().signers());
    return new Drawn(choice, signed.get(signed.size() == 1 ? 0 : signer));
  }

  private int choice(long launch, int source) {
    if (plan.arrivals() == LoadPlan.Arrivals.REPLAY) {
      int named = plan.replay().image((int) launch);
      if (named != Replay.DRAWN) {
        return named;
      }
    }
    double drawn = images[source].nextDouble() * upTo[upTo.length - 1];
    int choice = 0;
    while (choice < upTo.length - 1 && drawn >= upTo[choice]) {
      choice++;
    }
    return choice;
  }
}
