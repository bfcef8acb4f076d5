package dev.ksgx.load.study;

import java.util.List;

/**
 * The machines and loads of the studies that need no scenario.
 *
 * @param images as {@code load.image}
 * @param cores as {@code machine.cores}
 * @param loads offered, as shares of the reference design's capacity
 * @param scheduling as {@code kernel.scheduling}
 * @param tinyLaunches launches planned in a window with small images
 * @param largeLaunches the same with others, which take ten times as many messages
 * @param replications of each point
 */
record Grid(
    List<String> images,
    List<Integer> cores,
    List<Double> loads,
    List<String> scheduling,
    int tinyLaunches,
    int largeLaunches,
    int replications) {

  /** Well below the bound, near it, and beyond it. */
  static final Grid QUICK =
      new Grid(
          List.of("tiny", "pages-75"),
          List.of(4, 16),
          List.of(0.4, 0.9, 1.3),
          List.of("wakeup-preempt"),
          2_100,
          300,
          5);

  /** For the record: the better part of an hour on two cores. */
  static final Grid FULL =
      new Grid(
          List.of("tiny", "pages-75"),
          List.of(4, 16, 64),
          List.of(0.2, 0.5, 0.8, 0.95, 1.1, 1.4),
          List.of("wakeup-preempt", "fifo-quantum"),
          3_000,
          400,
          5);

  int launches(String image) {
    return image.equals("tiny") ? tinyLaunches : largeLaunches;
  }

  /** The axes beside the designs; one that has a single value is none. */
  List<StudyReport.Axis> axes() {
    List<StudyReport.Axis> axes = new java.util.ArrayList<>();
    if (scheduling.size() > 1) {
      axes.add(new StudyReport.Axis("scheduling", scheduling));
    }
    axes.add(new StudyReport.Axis("image", images));
    axes.add(new StudyReport.Axis("cores", cores.stream().map(String::valueOf).toList()));
    axes.add(new StudyReport.Axis("load", loads.stream().map(String::valueOf).toList()));
    return axes;
  }
}
