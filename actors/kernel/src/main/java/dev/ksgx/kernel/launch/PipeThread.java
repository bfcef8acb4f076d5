package dev.ksgx.kernel.launch;

import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.protocol.abi.LaunchFault;
import dev.ksgx.protocol.abi.RequestId;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.LaunchControlMessage;
import dev.ksgx.protocol.message.LaunchProcessMessage;
import dev.ksgx.protocol.message.Step;
import dev.ksgx.protocol.message.Work;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Reads requests from a pipe and writes tokens into another. The pipe knows no messages: who
 * expects more bytes than a request has waits for the next one's, and takes the rest of that for
 * the beginning of another.
 */
final class PipeThread extends LaunchThread {
  private static final List<Step> READ = List.of(Step.software(Work.PIPE_READ));
  private static final List<Step> WRITE = List.of(Step.software(Work.PIPE_WRITE));

  /** MODEL: the older request was longer by one 64-bit word. */
  private static final int OLD_BYTES = TokenRequest.BYTES + 8;

  private final LaunchWork work;
  private final ArrayDeque<LaunchProcessMessage.ToProcess> pipe = new ArrayDeque<>();
  private Bytes unused = Bytes.zeros(0);
  private RequestId request = RequestId.BOOT;
  private boolean busy = true;

  PipeThread(LaunchWork work, TaskRef task, int index) {
    super(task, index);
    this.work = work;
  }

  @Override
  void begin() {
    busy = false;
    if (!next()) {
      work.sleep(this);
    }
  }

  @Override
  void heard(LaunchProcessMessage.ToThread message) {
    pipe.add((LaunchProcessMessage.ToProcess) message);
    if (!busy) {
      next();
    }
  }

  private boolean next() {
    Bytes record = take(work.fault() == LaunchFault.OLD_LAYOUT ? OLD_BYTES : TokenRequest.BYTES);
    if (record == null) {
      return false;
    }
    busy = true;
    work.serve(
        this,
        request,
        READ,
        TokenRequest.parse(record),
        WRITE,
        reply -> {
          work.tell(new LaunchControlMessage.FromProcess(task, reply.token()));
          begin();
        });
    return true;
  }

  /** The next {@code length} bytes, or null while there are fewer. */
  private Bytes take(int length) {
    while (unused.length() < length && !pipe.isEmpty()) {
      LaunchProcessMessage.ToProcess written = pipe.poll();
      request = written.request();
      unused = unused.length() == 0 ? written.bytes() : Bytes.concat(unused, written.bytes());
    }
    if (unused.length() < length) {
      return null;
    }
    Bytes taken = unused.slice(0, length);
    unused = unused.slice(length, unused.length() - length);
    return taken;
  }
}
