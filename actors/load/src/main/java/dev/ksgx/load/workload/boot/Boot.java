package dev.ksgx.load.workload.boot;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.ReceiveBuilder;
import dev.ksgx.kernel.KernelGuardian;
import dev.ksgx.kernel.config.KernelConfig;
import dev.ksgx.protocol.abi.TaskRef;
import dev.ksgx.protocol.message.AddressSpaceMessage;
import dev.ksgx.protocol.message.ClientMessage;
import dev.ksgx.protocol.message.KernelMessage;
import dev.ksgx.runtime.Children;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Boots a kernel and asks it for processes, one at a time, each given out when it has all its
 * threads. Lives inside the actor that made it, which the kernel answers.
 */
public final class Boot {
  /**
   * A process.
   *
   * @param threads its tasks, the first one first
   */
  public record Made(List<TaskRef> threads, ActorRef<AddressSpaceMessage.Request> addressSpace) {
    public Made {
      threads = List.copyOf(threads);
    }

    public int pid() {
      return threads.get(0).pid();
    }
  }

  private final ActorRef<ClientMessage> self;
  private final ActorRef<KernelMessage.Request> kernel;
  private final Consumer<KernelMessage.Doors> up;
  private final List<TaskRef> threads = new ArrayList<>();
  private long processes;
  private int threadsWanted;
  private Consumer<Made> then;
  private ActorRef<AddressSpaceMessage.Request> addressSpace;

  /**
   * @param up hears of the kernel when it is there
   */
  public Boot(
      ActorContext<ClientMessage> context, KernelConfig config, Consumer<KernelMessage.Doors> up) {
    this.self = context.getSelf();
    this.up = up;
    this.kernel = Children.spawn(context, KernelGuardian.create(config), "kernel");
    kernel.tell(new KernelMessage.AskDoors(0, self));
  }

  /** Has the owner pass on what the kernel answers; {@code same} is the owner's behaviour. */
  public ReceiveBuilder<ClientMessage> listen(
      ReceiveBuilder<ClientMessage> builder, Behavior<ClientMessage> same) {
    return builder
        .onMessage(
            KernelMessage.Doors.class,
            answer -> {
              up.accept(answer);
              return same;
            })
        .onMessage(
            KernelMessage.Process.class,
            answer -> {
              addressSpace = answer.addressSpace();
              add(answer.task());
              return same;
            })
        .onMessage(
            KernelMessage.NewTask.class,
            answer -> {
              add(answer.task());
              return same;
            });
  }

  /**
   * Asks for a process; the one before must have been given out.
   *
   * @param threadsOfIt at least 1
   */
  public void process(int threadsOfIt, Consumer<Made> made) {
    threads.clear();
    threadsWanted = threadsOfIt;
    then = made;
    processes++;
    kernel.tell(new KernelMessage.NewProcess(TaskRef.Kind.CREATOR, processes, self));
  }

  private void add(TaskRef task) {
    threads.add(task);
    if (threads.size() < threadsWanted) {
      kernel.tell(new KernelMessage.NewThread(threads.get(0).pid(), threads.size() - 1, self));
    } else {
      then.accept(new Made(threads, addressSpace));
    }
  }
}
