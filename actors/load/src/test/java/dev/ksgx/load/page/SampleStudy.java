package dev.ksgx.load.page;

import dev.ksgx.load.study.Estimate;
import dev.ksgx.load.study.StudyReport;
import dev.ksgx.load.study.StudyReport.Axis;
import dev.ksgx.load.study.StudyReport.Behind;
import dev.ksgx.load.study.StudyReport.Cost;
import dev.ksgx.load.study.StudyReport.Design;
import dev.ksgx.load.study.StudyReport.Einit;
import dev.ksgx.load.study.StudyReport.Latency;
import dev.ksgx.load.study.StudyReport.Lead;
import dev.ksgx.load.study.StudyReport.Pair;
import dev.ksgx.load.study.StudyReport.Point;
import dev.ksgx.load.study.StudyReport.Slice;
import dev.ksgx.load.study.StudyReport.Slow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Reports with the shape of real ones, without a run: each design is a row of exponential servers,
 * so its figures fit together and are the same every time.
 */
final class SampleStudy {
  /** A shared server: how long a launch of a tiny image is in it, and how many serve. */
  private record Server(String group, double micros, int servers) {}

  private record Kind(String name, String description, List<Server> servers, double msrWrites) {}

  private static final List<Kind> KINDS =
      List.of(
          kind("v5", "One launch enclave in the kernel, pipes, a mutex", 4, 46, 1),
          kind("v6", "One launch enclave in the kernel, a shared slot", 4, 38, 1),
          kind("aesmd", "A daemon with one worker and one launch enclave", 4, 92, 1),
          kind("user-le-4-cache", "A daemon with four launch enclaves and a token cache", 4, 61, 4),
          new Kind("direct-always", "No launch enclave: the MSRs hold the hash", List.of(), 4));

  private static final List<String> IMAGES = List.of("tiny", "sdk-75");
  private static final List<String> CORES = List.of("4", "16");
  private static final List<String> LOADS = List.of("5000", "10000", "20000", "40000");

  private SampleStudy() {}

  private static Kind kind(
      String name, String description, int msrWrites, double leMicros, int servers) {
    String group = name.equals("aesmd") ? "launch-queue" : "launch-enclave";
    return new Kind(
        name, description, List.of(new Server(group, leMicros, servers)), msrWrites / 2.0);
  }

  /** Five designs on two images, two machines and four loads; some points are saturated. */
  static StudyReport whole() {
    return study(
        "Launch designs side by side", KINDS, IMAGES, CORES, LOADS, 5, "ksgx compare --out report");
  }

  /** More designs than there are colours, loads with names, and one point at each. */
  static StudyReport crowded() {
    List<Kind> many = new ArrayList<>(KINDS);
    for (int enclaves : new int[] {1, 2, 4, 8}) {
      many.add(kind("user-le-" + enclaves, "A daemon with launch enclaves", 4, 75, enclaves));
      many.add(kind("user-le-" + enclaves + "-shared", "One MSR value", 0, 74, enclaves));
    }
    return study(
        "Many designs", many, List.of("tiny"), List.of("4"), LOADS, 2, "ksgx compare --presets");
  }

  /** What a single run gives: one design, one point, one replication, no interval. */
  static StudyReport single() {
    return study(
        "v5 under 10,000 launches a second",
        KINDS.subList(0, 1),
        List.of("tiny"),
        List.of("4"),
        List.of("10000"),
        1,
        "ksgx run launch-storm --out report");
  }

  /** A report whose every text tries to be markup. */
  static StudyReport hostile() {
    StudyReport plain = single();
    String markup = "</script><script>alert('x')</script><!-- {{data}} <b>&amp;";
    Point p = plain.points().get(0);
    Map<String, String> at = Map.of("load<i>", markup);
    Point point =
        new Point(
            markup,
            at,
            1,
            p.launches(),
            false,
            markup,
            p.bindsUtilisation(),
            p.offeredPerSecond(),
            p.achievedPerSecond(),
            p.latency(),
            p.cdf(),
            p.overTime(),
            Map.of(markup, p.latency().mean().mean()),
            List.of(),
            Map.of(markup, 3L),
            p.einit());
    return new StudyReport(
        1,
        markup,
        markup,
        markup,
        1,
        1,
        List.of(new Design(markup, markup, Map.of(markup, markup))),
        List.of(new Axis("load<i>", List.of(markup))),
        List.of(point),
        List.of(),
        List.of(new Lead(markup, at, "mean", List.of())),
        List.of(new Cost(markup, 1, markup, markup, true)),
        Map.of(markup, markup));
  }

  private static StudyReport study(
      String title,
      List<Kind> kinds,
      List<String> images,
      List<String> cores,
      List<String> loads,
      int replications,
      String command) {
    List<Point> points = new ArrayList<>();
    List<Pair> pairs = new ArrayList<>();
    List<Lead> leads = new ArrayList<>();
    for (String image : images) {
      for (String core : cores) {
        for (String load : loads) {
          Map<String, String> at = new LinkedHashMap<>();
          at.put("image", image);
          at.put("cores", core);
          at.put("load", load);
          List<Point> here = kinds.stream().map(kind -> point(kind, at, replications)).toList();
          points.addAll(here);
          leads.add(lead(here, at));
          here.stream().skip(1).forEach(point -> pairs.addAll(pairs(here.get(0), point)));
        }
      }
    }
    return new StudyReport(
        1,
        title,
        command,
        "1.0",
        20_261_126,
        replications,
        kinds.stream()
            .map(k -> new Design(k.name(), k.description(), Map.of("kernel.launch", k.name())))
            .toList(),
        List.of(new Axis("image", images), new Axis("cores", cores), new Axis("load", loads)),
        points,
        pairs,
        leads,
        COSTS,
        SCENARIO);
  }

  private static Point point(Kind kind, Map<String, String> at, int replications) {
    double rate = Double.parseDouble(at.get("load"));
    boolean tiny = at.get("image").equals("tiny");
    int cores = Integer.parseInt(at.get("cores"));
    List<Server> servers = new ArrayList<>(kind.servers());
    servers.add(new Server("cores", (tiny ? 52 : 268) + 0.4 * kind.msrWrites(), cores));
    servers.add(new Server("add-worker", tiny ? 9 : 31, 1));

    Map<String, Double> blame = new LinkedHashMap<>();
    String binds = null;
    double busiest = -1;
    for (Server server : servers) {
      double busy = rate * server.micros() / 1e6 / server.servers();
      if (busy > busiest) {
        busiest = busy;
        binds = server.group();
      }
      double wait = server.micros() * Math.max(0, busy) / Math.max(0.02, 1 - busy);
      blame.put("wait:" + server.group(), wait / server.servers());
      blame.put("serve:" + server.group(), server.micros());
    }
    blame.put("wait:encl-lock", 0.8 + rate / 1e5);
    blame.put("wrmsr", kind.msrWrites() * 0.105);
    blame.put("einit", 33.7);
    blame.put("einit-wasted", rate / 4e4);
    boolean saturated = busiest >= 1;
    double mean = blame.values().stream().mapToDouble(Double::doubleValue).sum();
    double achieved = saturated ? rate / busiest : rate * 0.9991;
    long launches = Math.round(achieved * 8) * replications;
    return new Point(
        kind.name(),
        at,
        replications,
        launches,
        saturated,
        binds,
        Math.min(busiest, 0.9997),
        estimate(rate * 1.0007, 0.004, replications),
        estimate(achieved, 0.004, replications),
        saturated ? null : latency(mean, replications, launches),
        saturated ? List.of() : cdf(mean),
        overTime(mean, saturated, launches),
        saturated ? Map.of() : new TreeMap<>(blame),
        saturated ? List.of() : slowest(mean, blame, replications),
        saturated && kind.name().equals("aesmd")
            ? new TreeMap<>(Map.of("EIO", launches / 50, "ETIMEDOUT", launches / 9))
            : Map.of(),
        new Einit(1.0 + rate / 1e6, rate / 1e6, rate * 0.31, kind.msrWrites()));
  }

  private static Estimate estimate(double mean, double relative, int replications) {
    return new Estimate(mean, replications == 1 ? null : mean * relative);
  }

  private static Latency latency(double mean, int replications, long launches) {
    return new Latency(
        estimate(mean, 0.011, replications),
        quantile(mean, 0.5, replications, launches),
        quantile(mean, 0.9, replications, launches),
        quantile(mean, 0.95, replications, launches),
        quantile(mean, 0.99, replications, launches),
        quantile(mean, 0.999, replications, launches));
  }

  private static Estimate quantile(double mean, double share, int replications, long launches) {
    return launches * (1 - share) < 1000
        ? null
        : estimate(at(mean, share), 0.01 + share / 50, replications);
  }

  /** A third of the mean is constant, the rest exponential. */
  private static double at(double mean, double share) {
    return mean / 3 - 2 * mean / 3 * StrictMath.log(1 - share);
  }

  private static List<List<Double>> cdf(double mean) {
    List<List<Double>> pairs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      pairs.add(List.of(at(mean, i / 100.0), i / 100.0));
    }
    pairs.add(List.of(at(mean, 0.9999), 1.0));
    return pairs;
  }

  private static List<Slice> overTime(double mean, boolean saturated, long launches) {
    List<Slice> slices = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      double swing = 1 + 0.06 * StrictMath.sin(i * 1.7);
      slices.add(
          new Slice(
              i * 0.5,
              launches / 16,
              saturated ? null : at(mean, 0.5) * swing,
              saturated || launches < 1_600_000 && i == 3 ? null : at(mean, 0.99) * swing));
    }
    return slices;
  }

  private static List<Slow> slowest(double mean, Map<String, Double> blame, int replications) {
    List<Slow> slow = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      double latency = at(mean, 0.99999) * (1 - i * 0.06);
      double scale = latency / mean;
      Map<String, Double> where = new TreeMap<>();
      blame.forEach((spent, micros) -> where.put(spent, micros * scale));
      slow.add(new Slow(i % replications, 1_204 + 7_919L * i, 1.25 + i * 0.731, latency, where));
    }
    return slow;
  }

  private static Lead lead(List<Point> here, Map<String, String> at) {
    boolean allSaturated = here.stream().allMatch(Point::saturated);
    String metric = allSaturated ? "achieved" : "mean";
    ToDoubleFunction<Point> mean =
        p -> allSaturated ? -p.achievedPerSecond().mean() : p.latency().mean().mean();
    List<Point> ranked = here.stream().filter(p -> allSaturated || !p.saturated()).toList();
    Point first = ranked.stream().min(Comparator.comparingDouble(mean)).orElseThrow();
    List<Behind> others = new ArrayList<>();
    for (Point point : ranked) {
      if (point != first) {
        double difference = Math.abs(mean.applyAsDouble(point) - mean.applyAsDouble(first));
        double halfWidth = 0.012 * Math.abs(mean.applyAsDouble(point) + mean.applyAsDouble(first));
        others.add(
            new Behind(
                point.design(),
                new Estimate(allSaturated ? -difference : difference, halfWidth),
                difference > halfWidth));
      }
    }
    return new Lead(first.design(), at, metric, others);
  }

  private static List<Pair> pairs(Point reference, Point point) {
    List<Pair> pairs = new ArrayList<>();
    pairs.add(pair(point, "achieved", reference.achievedPerSecond(), point.achievedPerSecond()));
    if (!reference.saturated() && !point.saturated()) {
      Latency of = point.latency();
      Latency than = reference.latency();
      pairs.add(pair(point, "mean", than.mean(), of.mean()));
      pairs.add(pair(point, "p50", than.p50(), of.p50()));
      if (of.p99() != null && than.p99() != null) {
        pairs.add(pair(point, "p99", than.p99(), of.p99()));
      }
    }
    return pairs;
  }

  private static Pair pair(Point point, String metric, Estimate reference, Estimate of) {
    double difference = of.mean() - reference.mean();
    double halfWidth = 0.012 * (of.mean() + reference.mean());
    return new Pair(
        point.design(),
        point.at(),
        metric,
        new Estimate(difference, halfWidth),
        Math.abs(difference) > halfWidth);
  }

  private static final List<Cost> COSTS =
      List.of(
          new Cost("eadd", 10_300, "measured", "Coffee Lake, SDK start of 80 MB", false),
          new Cost("eextend", 5_100, "measured", "Coffee Lake, SDK start of 80 MB", false),
          new Cost("einit", 88_000, "recalled", "no measurement was found", false),
          new Cost("einit-token", 40_000, "recalled", "no measurement was found", true),
          new Cost("wrmsr", 400, "published", "KVM patch on launch control, 2021", false),
          new Cost("context-switch", 4_000, "estimated", "kernel of 2017", false));

  private static final Map<String, String> SCENARIO =
      new TreeMap<>(
          Map.of(
              "machine.ghz", "3.8",
              "machine.epc-mib", "93.5",
              "kernel.add", "synchronous",
              "kernel.reclaim", "global",
              "kernel.bugs", "fixed",
              "load.kind", "launches",
              "load.warm-up", "100 ms",
              "load.length", "8 s",
              "load.processes", "64"));
}
