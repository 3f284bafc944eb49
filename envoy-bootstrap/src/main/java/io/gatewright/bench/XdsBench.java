package io.gatewright.bench;

import io.gatewright.envoybootstrap.Ports;
import java.io.IOException;
import java.util.List;

/**
 * What the ADS server costs with ever more tenants: into a real Envoy, beside java-control-plane's SimpleCache, to many streams,
 * and with very many idle ones. A change is timed from a changed setting in memory, so without the registry, to its
 * acknowledgement.
 */
final class XdsBench {
    private static final int FAN_OUT_TENANTS = 10_000;
    private static final int[] STREAMS = {1, 10, 100};
    private static final int IDLE_STREAMS = 10_000;

    private final List<Integer> tenants;
    private final List<Integer> modules;

    /** @param onlyStreams leaves out Envoy and the peer */
    XdsBench(List<Integer> tenants, List<Integer> modules, boolean onlyStreams) {
        if (modules.stream().anyMatch(each -> each > Fleet.MOST_MODULES)) {
            throw new IllegalArgumentException("--modules needs numbers from 1 to " + Fleet.MOST_MODULES);
        }
        this.tenants = onlyStreams ? List.of() : tenants;
        this.modules = modules;
    }

    void run() throws IOException, InterruptedException {
        for (int count : tenants) {
            for (int each : modules) {
                Progress.say("making " + count + " tenants of " + each + " modules");
                XdsFleet fleet = new XdsFleet(count, each, Ports.free());
                try (Plane plane = new Plane(fleet)) {
                    EnvoyLoad.run(plane, fleet, each);
                    PeerComparison.ours(plane, fleet, each);
                }
                PeerComparison.peers(fleet, each);
            }
        }
        FanOut.run(FAN_OUT_TENANTS, STREAMS);
        IdleStreams.run(IDLE_STREAMS);
    }
}
