package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.structure.EinitToken;
import dev.ksgx.kernel.flow.Flow;
import dev.ksgx.kernel.flow.TaskLock;
import dev.ksgx.protocol.abi.CallResult;
import dev.ksgx.protocol.abi.Errno;
import dev.ksgx.protocol.message.Burst;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.BitSet;

/**
 * One token request, from the first lock to the last. v5: everything under the launch lock
 * (driver.md 5.1). Later: the hash under a lock of its own, then no token for an enclave of the
 * launch enclave's own signer, then the launch lock (driver.md 5.2).
 */
final class TokenCall {
  private static final Burst HASH = Burst.of(Step.software(Work.HASH_MODULUS));

  /** What all token calls of one launch control share. */
  static final class Context {
    private final TaskLock lock;
    private final TaskLock hashLock;
    private final LaunchLife life;
    private final BitSet free = new BitSet();
    private long answered;

    /**
     * @param lock the launch lock, with a permit for each line
     * @param hashLock null if the launch lock is the lock of the hash too
     * @param servers number of lines
     */
    Context(TaskLock lock, TaskLock hashLock, LaunchLife life, int servers) {
      this.lock = lock;
      this.hashLock = hashLock;
      this.life = life;
      free.set(0, servers);
    }

    /** Requests that the launch lock was taken for and that are over. */
    long answered() {
      return answered;
    }
  }

  private final Context context;
  private final Flow flow;
  private final LaunchControlMessage.GetToken get;
  private final TokenAnswer answer;

  TokenCall(Context context, Flow flow, LaunchControlMessage.GetToken get, TokenAnswer answer) {
    this.context = context;
    this.flow = flow;
    this.get = get;
    this.answer = answer;
  }

  void run() {
    if (context.hashLock == null) {
      lock(() -> flow.run(HASH, ran -> ask()));
      return;
    }
    context.hashLock.acquire(
        flow,
        () ->
            flow.run(
                HASH,
                ran -> {
                  context.hashLock.release(flow);
                  if (get.sigstruct().mrsigner().equals(LaunchKey.signer())) {
                    answer.accept(EinitToken.NONE, CallResult.OK);
                  } else {
                    lock(this::ask);
                  }
                }));
  }

  private void lock(Runnable then) {
    context.lock.acquire(flow, () -> context.life.startForToken(flow, then));
  }

  private void ask() {
    int number = context.free.nextSetBit(0);
    LaunchLine line = context.life.line(number);
    if (line == null) {
      unlocked().fail(Errno.EIO, "INIT: no launch enclave was started: nobody has the device open");
      return;
    }
    context.free.clear(number);
    TokenAnswer unlocked = unlocked();
    line.request(
        flow,
        new TokenRequest(
            get.sigstruct().enclaveHash(), get.sigstruct().mrsigner(), get.attributes()),
        (token, result) -> {
          context.free.set(number);
          unlocked.accept(token, result);
        });
  }

  private TokenAnswer unlocked() {
    return (token, result) -> {
      context.lock.release(flow);
      context.answered++;
      answer.accept(token, result);
    };
  }
}
