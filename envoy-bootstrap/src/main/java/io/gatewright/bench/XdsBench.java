package io.gatewright.bench;

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
                new EnvoyLoad(count, each).run();
                PeerComparison.run(count, each);
            }
        }
        for (int streams : STREAMS) {
            FanOut.run(FAN_OUT_TENANTS, streams);
        }
        IdleStreams.run(IDLE_STREAMS);
    }
}
