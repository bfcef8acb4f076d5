package dev.ksgx.kernel.cpu;

import dev.ksgx.protocol.abi.TaskRef;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tasks that the scheduler has met and that are not over. */
final class TaskTable {
  private final Map<Integer, ScheduledTask> byTid = new TreeMap<>();
  private final TreeSet<Integer> killed = new TreeSet<>();

  /** The task, or null if it is not known. */
  ScheduledTask known(TaskRef ref) {
    return byTid.get(ref.tid());
  }

  /** The task; one that is new to the scheduler may have a signal waiting already. */
  ScheduledTask of(TaskRef ref) {
    ScheduledTask task = byTid.get(ref.tid());
    if (task == null) {
      task = new ScheduledTask(ref);
      task.signalled = ref.kind() != TaskRef.Kind.REAPER && killed.contains(ref.pid());
      byTid.put(ref.tid(), task);
    }
    return task;
  }

  List<ScheduledTask> ofProcess(int pid) {
    return byTid.values().stream().filter(task -> task.ref.pid() == pid).toList();
  }

  /** A fatal signal for every task of the process, those that have not run yet included. */
  void kill(int pid) {
    killed.add(pid);
    ofProcess(pid).forEach(ScheduledTask::raise);
  }

  /** The process is over. */
  void forgetProcess(int pid) {
    killed.remove(pid);
  }

  void remove(ScheduledTask task) {
    byTid.remove(task.ref.tid());
  }
}
