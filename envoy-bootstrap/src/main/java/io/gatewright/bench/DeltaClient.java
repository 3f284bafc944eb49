package io.gatewright.bench;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.gatewright.xds.ResourceType;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A delta ADS client that acknowledges everything and keeps nothing but versions. It stands for an Envoy where there are too many
 * of them for one machine. Thread-safe.
 */
final class DeltaClient implements AutoCloseable {
    /** A client that did not get what it waits for in time. */
    static final class TooSlow extends IllegalStateException {
        private static final long serialVersionUID = 1;

        private TooSlow(String message) {
            super(message);
        }
    }

    private final ResourceType type;
    private final Map<String, String> versions = new HashMap<>();
    private final boolean keepsVersions;
    private final ClientCallStreamObserver<DeltaDiscoveryRequest> call;
    private long resources;
    private long bytes;
    private long requestBytes;
    private String broken = "";

    private DeltaClient(Channel channel, ResourceType type, boolean keepsVersions) {
        this.type = type;
        this.keepsVersions = keepsVersions;
        this.call = (ClientCallStreamObserver<DeltaDiscoveryRequest>) AggregatedDiscoveryServiceGrpc.newStub(channel)
                .withMaxInboundMessageSize(Integer.MAX_VALUE) // as Envoy
                .deltaAggregatedResources(new StreamObserver<>() {
                    @Override
                    public void onNext(DeltaDiscoveryResponse response) {
                        take(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        breakOff(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
    }

    /**
     * Opens a stream.
     *
     * @param names what it subscribes to; empty for everything
     * @param known name to version of what it says to have
     * @param keepsVersions whether {@link #versions} is asked for later
     */
    static DeltaClient open(
            Channel channel,
            String node,
            ResourceType type,
            List<String> names,
            Map<String, String> known,
            boolean keepsVersions) {
        DeltaClient client = new DeltaClient(channel, type, keepsVersions);
        client.send(DeltaDiscoveryRequest.newBuilder()
                .setNode(Node.newBuilder().setId(node))
                .setTypeUrl(type.typeUrl())
                .addAllResourceNamesSubscribe(names)
                .putAllInitialResourceVersions(known)
                .build());
        return client;
    }

    private synchronized void take(DeltaDiscoveryResponse response) {
        send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setResponseNonce(response.getNonce())
                .build());
        bytes += response.getSerializedSize();
        resources += response.getResourcesCount();
        if (keepsVersions) {
            response.getResourcesList().forEach(each -> versions.put(each.getName(), each.getVersion()));
        }
        notifyAll();
    }

    private synchronized void breakOff(Throwable failure) {
        broken = ", then " + failure.getMessage();
        notifyAll();
    }

    private synchronized void send(DeltaDiscoveryRequest request) {
        requestBytes += request.getSerializedSize();
        call.onNext(request);
    }

    /**
     * Waits until it has got so many resources in all.
     *
     * @throws TooSlow if it has not by then, or never will
     */
    synchronized void await(long wanted, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (resources < wanted) {
            long left = end - System.nanoTime();
            if (left <= 0 || !broken.isEmpty()) {
                throw new TooSlow("got " + resources + " of " + wanted + " resources" + broken);
            }
            wait(Math.max(1, left / 1_000_000));
        }
    }

    synchronized long resources() {
        return resources;
    }

    /** Of all responses. */
    synchronized long bytes() {
        return bytes;
    }

    synchronized long requestBytes() {
        return requestBytes;
    }

    synchronized Map<String, String> versions() {
        return new HashMap<>(versions);
    }

    @Override
    public void close() {
        call.cancel("the bench is done", null);
    }
}
