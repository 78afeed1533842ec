package org.bitindex.lab.speed;

import java.util.List;
import java.util.Locale;
import org.bitindex.lab.peers.Peer;
import org.bitindex.lab.peers.PeerProvider;
import org.bitindex.lab.peers.Peers;

/**
 * Times our products against the peers' and prints each ratio beside its target. Each of our
 * products is first compared with the scalar reference, bit by bit.
 */
public final class SpeedTargets {
  private SpeedTargets() {}

  /**
   * Runs targets.
   *
   * @param args names of regimes, or none for all
   */
  public static void main(String[] args) {
    List<String> regimes = List.of(args);
    System.out.println(
        "| regime | product | peer | ours us | peer us | spread | bytes | ratio | target | |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (Target target : Target.all()) {
      if (regimes.isEmpty() || regimes.contains(target.regime())) {
        run(target);
      }
    }
  }

  private static void run(Target target) {
    if (target.peer().equals(Target.ONE_THREAD)) {
      try (var two = own(target, 2);
          var one = own(target, 1);
          var apart = new TwoPlans(own(target, 1), own(target, 1))) {
        Race race = Race.run(two::multiply, one::multiply, apart::multiply);
        print(target, race);
        double ratio = race.micros(1) / race.micros(2) * TwoPlans.PRODUCTS;
        System.out.printf(
            Locale.ROOT,
            "| | two plans of one thread at the same time | | | | | | %.2f | | |%n",
            ratio);
      }
      return;
    }
    PeerProvider provider = Peers.byName(target.peer());
    if (provider.unavailable().isPresent()) {
      System.out.println(provider.unavailable().get());
      return;
    }
    Setting setting = target.setting();
    var peerSetting =
        new Setting(setting.rows(), setting.columns(), setting.batch(), target.peerDensity());
    try (var own = own(target, 1);
        Peer peer = provider.create(peerSetting.weights(), setting.peerShape())) {
      peer.input(setting.samples());
      print(target, Race.run(own::multiply, peer::multiply));
    }
  }

  private static OwnProduct own(Target target, int threads) {
    return new OwnProduct(target.setting(), target.code(), target.activationBits(), threads);
  }

  private static void print(Target target, Race race) {
    Setting setting = target.setting();
    double ratio = race.micros(1) / race.micros(0);
    System.out.printf(
        Locale.ROOT,
        "| %s | %s, %dx%d, n=%d, density %s, A %d | %s | %.1f | %.1f | %.0f %%%s | %.0f | %.2f | %s |"
            + " %s |%n",
        target.regime(),
        target.code().label(),
        setting.rows(),
        setting.columns(),
        setting.batch(),
        setting.density(),
        target.activationBits(),
        target.peer(),
        race.micros(0),
        race.micros(1),
        100 * Math.max(race.spread(0), race.spread(1)),
        race.isDisturbed(0) || race.isDisturbed(1) ? " disturbed" : "",
        race.allocatedBytes(0),
        ratio,
        target.ratio(),
        ratio >= target.ratio() ? "met" : "missed");
  }
}
