package io.gatewright.xds;

import com.google.protobuf.ByteString;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A delta ADS client that makes the mistakes a real Envoy 1.40 makes with scopes. Responses queue up until {@link #step} takes
 * one; so over an in-process channel with direct executors everything happens in the order of the calls.
 *
 * <p>The faults: a scope is stored before the response is proved, so when a later member is bad it is stored but not live, and the
 * same bytes sent again are acknowledged and skipped; and removals are carried out even if the response is rejected, while the
 * removed scope is still reported on reconnect.
 */
final class FakeEnvoy implements AutoCloseable {
    /** What it holds of one type; survives the stream. */
    private static final class Holding {
        private final Map<String, String> versions = new HashMap<>();
        private final Map<String, ByteString> stored = new HashMap<>();
        private final Map<String, ByteString> live = new HashMap<>();
        private final Set<String> names = new LinkedHashSet<>();
    }

    private AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub stub;
    private final String id;
    private final Map<ResourceType, Holding> holdings = new EnumMap<>(ResourceType.class);
    private final List<DeltaDiscoveryResponse> taken = new ArrayList<>();
    private BlockingQueue<DeltaDiscoveryResponse> queue = new LinkedBlockingQueue<>();
    private CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();
    private @Nullable ClientCallStreamObserver<DeltaDiscoveryRequest> call;
    private boolean nodeSent;
    private boolean paused;

    FakeEnvoy(Channel channel, String id) {
        stub = AggregatedDiscoveryServiceGrpc.newStub(channel).withMaxInboundMessageSize(32 << 20);
        this.id = id;
        for (ResourceType type : ResourceType.values()) {
            holdings.put(type, new Holding());
        }
    }

    /** From the next stream on, takes nothing from the transport until {@link #request}. */
    FakeEnvoy paused() {
        paused = true;
        return this;
    }

    /** Opens a stream and asks for types in this order: by the names subscribed so far, or else for everything. */
    FakeEnvoy connect(ResourceType... types) {
        open();
        for (ResourceType type : types) {
            Holding held = of(type);
            send(request(type).addAllResourceNamesSubscribe(held.names).putAllInitialResourceVersions(held.versions));
        }
        return this;
    }

    FakeEnvoy open() {
        BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
        CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();
        queue = responses;
        end = ended;
        nodeSent = false;
        stub.deltaAggregatedResources(new ClientResponseObserver<DeltaDiscoveryRequest, DeltaDiscoveryResponse>() {
            @Override
            public void beforeStart(ClientCallStreamObserver<DeltaDiscoveryRequest> requests) {
                call = requests;
                if (paused) {
                    requests.disableAutoRequestWithInitial(0);
                }
            }

            @Override
            public void onNext(DeltaDiscoveryResponse response) {
                responses.add(response);
            }

            @Override
            public void onError(Throwable failure) {
                ended.complete(Optional.of(failure));
            }

            @Override
            public void onCompleted() {
                ended.complete(Optional.empty());
            }
        });
        return this;
    }

    void request(int responses) {
        call().request(responses);
    }

    FakeEnvoy subscribe(ResourceType type, String... names) {
        of(type).names.addAll(List.of(names));
        if (call != null) {
            send(request(type).addAllResourceNamesSubscribe(List.of(names)));
        }
        return this;
    }

    void unsubscribe(ResourceType type, String... names) {
        List.of(names).forEach(of(type).names::remove);
        send(request(type).addAllResourceNamesUnsubscribe(List.of(names)));
    }

    /** Takes one response and answers it; false if none is there. */
    boolean step() {
        DeltaDiscoveryResponse response = queue.poll();
        if (response != null) {
            answer(response);
        }
        return response != null;
    }

    /** Takes and answers responses until none comes. */
    void settle() {
        while (step()) {}
    }

    /** Waits for one response, takes and answers it; false if none comes in this time. */
    boolean await(Duration patience) throws InterruptedException {
        DeltaDiscoveryResponse response = queue.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (response != null) {
            answer(response);
        }
        return response != null;
    }

    /** Takes one response in, but the stream breaks before the answer. */
    void stepAndBreak() {
        DeltaDiscoveryResponse response = queue.poll();
        if (response != null) {
            take(response);
        }
        disconnect();
    }

    void disconnect() {
        ClientCallStreamObserver<DeltaDiscoveryRequest> open = call;
        if (open != null) {
            open.cancel("the fake breaks the stream", null);
            call = null;
        }
        queue = new LinkedBlockingQueue<>();
    }

    void send(DeltaDiscoveryRequest.Builder request) {
        if (!nodeSent) {
            request.setNode(
                    Node.newBuilder().setId(id).setUserAgentName("envoy").setUserAgentVersion("1.40.0"));
            nodeSent = true;
        }
        call().onNext(request.build());
    }

    /** Opens a stream and asks for everything of a type, and says to have these versions, whatever it has. */
    void connectWith(ResourceType type, Map<String, String> versions) {
        open();
        send(request(type).putAllInitialResourceVersions(versions));
    }

    /** Keeps what it has; the next stream goes to the other's server. */
    void moveTo(FakeEnvoy other) {
        stub = other.stub;
    }

    static DeltaDiscoveryRequest.Builder request(ResourceType type) {
        return DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    }

    /** Name to content of what it serves; the salt does not show. */
    Map<String, String> live(ResourceType type) {
        Map<String, String> live = new HashMap<>();
        of(type).live.forEach((name, packed) -> live.put(name, Samples.content(type, packed)));
        return live;
    }

    /** The name of the inline route configuration of a live scope, salt included. */
    String liveRouteName(String scope) {
        ByteString packed = of(ResourceType.SCOPED_ROUTE).live.get(scope);
        return packed == null
                ? ""
                : Samples.parseScope(packed).getRouteConfiguration().getName();
    }

    /** The responses taken so far, of one type, each as its names; a removal has a minus before the name. */
    List<List<String>> taken(ResourceType type) {
        return taken.stream()
                .filter(response -> response.getTypeUrl().equals(type.typeUrl()))
                .map(FakeEnvoy::names)
                .toList();
    }

    List<DeltaDiscoveryResponse> taken() {
        return taken;
    }

    void forgetTaken() {
        taken.clear();
    }

    /** Everything, as a new process does. */
    void restart() {
        disconnect();
        holdings.replaceAll((type, held) -> new Holding());
    }

    /** How the server ended the stream. */
    io.grpc.Status end() {
        return io.grpc.Status.fromThrowable(
                end.orTimeout(10, TimeUnit.SECONDS).join().orElseThrow());
    }

    @Override
    public void close() {
        disconnect();
    }

    private void answer(DeltaDiscoveryResponse response) {
        Optional<String> error = take(response);
        DeltaDiscoveryRequest.Builder answer = DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce());
        error.ifPresent(
                text -> answer.setErrorDetail(Status.newBuilder().setCode(13).setMessage(text)));
        send(answer);
    }

    private Optional<String> take(DeltaDiscoveryResponse response) {
        taken.add(response);
        ResourceType type = ResourceType.forTypeUrl(response.getTypeUrl()).orElseThrow();
        Holding held = of(type);
        boolean faulty = type == ResourceType.SCOPED_ROUTE;
        Map<String, ByteString> applied = new HashMap<>();
        if (faulty) {
            response.getRemovedResourcesList().forEach(name -> drop(held, name));
        }
        for (var resource : response.getResourcesList()) {
            ByteString packed = resource.getResource().toByteString();
            if (Samples.content(type, packed).startsWith("bad")) {
                return Optional.of("no good: " + resource.getName() + "\nname: \"a secret\"");
            }
            boolean same = faulty && packed.equals(held.stored.put(resource.getName(), packed));
            if (!same) {
                applied.put(resource.getName(), packed);
            }
        }
        held.live.putAll(applied);
        response.getRemovedResourcesList().forEach(name -> {
            drop(held, name);
            held.versions.remove(name);
        });
        response.getResourcesList().forEach(resource -> held.versions.put(resource.getName(), resource.getVersion()));
        return Optional.empty();
    }

    private static void drop(Holding held, String name) {
        held.stored.remove(name);
        held.live.remove(name);
    }

    private static List<String> names(DeltaDiscoveryResponse response) {
        List<String> names = new ArrayList<>();
        response.getResourcesList().forEach(resource -> names.add(resource.getName()));
        response.getRemovedResourcesList().forEach(name -> names.add("-" + name));
        return names;
    }

    private Holding of(ResourceType type) {
        Holding held = holdings.get(type);
        if (held == null) {
            throw new IllegalStateException("nothing held of " + type);
        }
        return held;
    }

    private ClientCallStreamObserver<DeltaDiscoveryRequest> call() {
        if (call == null) {
            throw new IllegalStateException("not connected");
        }
        return call;
    }
}
