package dev.ksgx.hardware.paging;

import dev.ksgx.hardware.image.ModelKeys;
import dev.ksgx.hardware.launch.Signer;
import dev.ksgx.hardware.measure.Measurement;
import dev.ksgx.hardware.structure.Attributes;
import dev.ksgx.hardware.structure.Bytes;
import dev.ksgx.hardware.structure.SecInfo;
import dev.ksgx.hardware.structure.Secs;
import dev.ksgx.hardware.structure.SigStruct;
import dev.ksgx.hardware.testkit.Rig;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What enclaves have in common whose measurement is the same, so that one signature serves them
 * all: size and pages; contents are not measured.
 */
record EnclaveTemplate(Secs secs, List<Place> places, SigStruct sig) {
  /** A page: offset from the base, type and permissions. */
  record Place(long offset, SecInfo secInfo) {}

  static EnclaveTemplate random(SplittableRandom random) {
    long size = 1L << random.nextInt(16, 33);
    Secs secs = Rig.secs().sizeBytes(size).build();
    Measurement measurement = Measurement.ecreate(1, size);
    List<Place> places = new ArrayList<>();
    int pages = random.nextInt(1, 8);
    for (int i = 0; i < pages; i++) {
      boolean r = random.nextBoolean();
      SecInfo secInfo =
          random.nextInt(4) == 0
              ? SecInfo.tcs()
              : SecInfo.reg(r, r && random.nextBoolean(), random.nextBoolean());
      long offset = 4096 * random.nextLong(size / 4096 - 1);
      places.add(new Place(offset, secInfo));
      measurement.addPage(offset, secInfo, Bytes.zeros(4096), 0);
    }
    SigStruct.Builder body =
        SigStruct.builder().attributeMask(new Attributes(0, 0)).enclaveHash(measurement.finish());
    return new EnclaveTemplate(secs, places, Signer.sign(body, ModelKeys.signer(0)));
  }
}
