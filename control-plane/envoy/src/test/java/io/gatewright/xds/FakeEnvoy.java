package io.gatewright.xds;

import com.google.protobuf.ByteString;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An ADS client, in the delta or the state-of-the-world variant, that makes the mistakes of {@link FakeState}. Responses queue up
 * until {@link #step} takes one; so over an in-process channel with direct executors everything happens in the order of the calls.
 */
final class FakeEnvoy implements AutoCloseable {
    private AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub stub;
    private final String id;
    private final List<DeltaDiscoveryResponse> taken = new ArrayList<>();
    private final Map<ResourceType, DeltaDiscoveryRequest.Builder> unanswered = new EnumMap<>(ResourceType.class);
    private FakeState state = new FakeState();
    private @Nullable FakeCall call;
    private boolean open;
    private boolean nodeSent;
    private boolean paused;
    private boolean stateOfTheWorld;
    private boolean following;

    FakeEnvoy(Channel channel, String id) {
        stub = AggregatedDiscoveryServiceGrpc.newStub(channel).withMaxInboundMessageSize(32 << 20);
        this.id = id;
    }

    /** From the next stream on, takes nothing from the transport until {@link #request}. */
    FakeEnvoy paused() {
        paused = true;
        return this;
    }

    /** From the next stream on, speaks the state-of-the-world variant. */
    FakeEnvoy stateOfTheWorld() {
        stateOfTheWorld = true;
        return this;
    }

    /** Asks for the endpoints and secret of each cluster that it has, and for the routes and extension of each listener. */
    FakeEnvoy following() {
        following = true;
        return this;
    }

    /** Opens a stream and asks for types in this order: by the names subscribed so far, or else for everything. */
    FakeEnvoy connect(ResourceType... types) {
        if (following) {
            List.of(types).forEach(type -> FakeState.followers(type).forEach(this::follow));
        }
        open();
        for (ResourceType type : types) {
            FakeState.Holding held = state.of(type);
            if (!following || type.collection() || !held.names.isEmpty()) {
                send(request(type)
                        .addAllResourceNamesSubscribe(held.names)
                        .putAllInitialResourceVersions(held.versions));
            }
        }
        return this;
    }

    FakeEnvoy open() {
        nodeSent = false;
        open = true;
        call = new FakeCall(stub, state, stateOfTheWorld, paused);
        return this;
    }

    void request(int responses) {
        call().request(responses);
    }

    FakeEnvoy subscribe(ResourceType type, String... names) {
        answer(type);
        state.of(type).names.addAll(List.of(names));
        if (open) {
            send(request(type).addAllResourceNamesSubscribe(List.of(names)));
        }
        return this;
    }

    void unsubscribe(ResourceType type, String... names) {
        answer(type);
        List.of(names).forEach(state.of(type).names::remove);
        if (open) {
            send(request(type).addAllResourceNamesUnsubscribe(List.of(names)));
        }
    }

    /** Takes one response and answers it; false if none is there. */
    boolean step() {
        return answer(call().responses.poll());
    }

    /** Takes one response, if one is there, and answers any of those taken, in any order: of each type there is at most one. */
    void step(Random random) {
        DeltaDiscoveryResponse response = call().responses.poll();
        if (response != null) {
            prepareAnswer(response);
        }
        List<ResourceType> some = new ArrayList<>(unanswered.keySet());
        Collections.shuffle(some, random);
        some.subList(0, random.nextInt(some.size() + 1)).forEach(this::answer);
    }

    /** Takes and answers responses until none comes. */
    void settle() {
        while (open && (answerAll() || step())) {}
    }

    /** Waits for one response, takes and answers it; false if none comes in this time. */
    boolean await(Duration patience) throws InterruptedException {
        return answer(call().responses.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Takes one response in, but the stream breaks before the answer. */
    void stepAndBreak() {
        DeltaDiscoveryResponse response = call().responses.poll();
        if (response != null) {
            take(response);
        }
        disconnect();
    }

    void disconnect() {
        if (call != null) {
            call.cancel();
        }
        unanswered.clear();
        open = false;
    }

    /** Rejects a response that was never sent on this stream. */
    void sendStale(ResourceType type) {
        call().sendStale(type);
    }

    void send(DeltaDiscoveryRequest.Builder request) {
        if (!nodeSent) {
            request.setNode(
                    Node.newBuilder().setId(id).setUserAgentName("envoy").setUserAgentVersion("1.40.0"));
            nodeSent = true;
        }
        call().send(request.build());
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
        state.of(type).live.forEach((name, packed) -> live.put(name, Samples.content(type, packed)));
        return live;
    }

    /** The names it has asked for last. */
    Set<String> names(ResourceType type) {
        return Set.copyOf(state.of(type).names);
    }

    /** The clusters that wait for their endpoints. */
    Set<String> warming() {
        return Set.copyOf(state.warming);
    }

    /** The name of the inline route configuration of a live scope, salt included. */
    String liveRouteName(String scope) {
        ByteString packed = state.of(ResourceType.SCOPED_ROUTE).live.get(scope);
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
        state = new FakeState();
    }

    boolean isOpen() {
        return open;
    }

    /** How the server ended the stream. */
    io.grpc.Status end() {
        return io.grpc.Status.fromThrowable(
                call().end.orTimeout(10, TimeUnit.SECONDS).join().orElseThrow());
    }

    @Override
    public void close() {
        disconnect();
    }

    private boolean answer(@Nullable DeltaDiscoveryResponse response) {
        if (response == null) {
            return false;
        }
        answer(prepareAnswer(response));
        return true;
    }

    private boolean answerAll() {
        List<ResourceType> all = List.copyOf(unanswered.keySet());
        all.forEach(this::answer);
        return !all.isEmpty();
    }

    private ResourceType prepareAnswer(DeltaDiscoveryResponse response) {
        Optional<String> error = take(response);
        DeltaDiscoveryRequest.Builder answer = DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce());
        error.ifPresent(
                text -> answer.setErrorDetail(Status.newBuilder().setCode(13).setMessage(text)));
        ResourceType type = ResourceType.forTypeUrl(response.getTypeUrl()).orElseThrow();
        unanswered.put(type, answer);
        return type;
    }

    private void answer(ResourceType type) {
        DeltaDiscoveryRequest.Builder answer = unanswered.remove(type);
        if (answer != null) {
            send(answer);
            if (following) {
                FakeState.followers(type).forEach(this::follow);
            }
        }
    }

    /** Asks for what it has come to need, and no more for what it needs no longer. */
    private void follow(ResourceType type) {
        Set<String> names = state.of(type).names;
        Set<String> needed = state.needed(type);
        String[] added = needed.stream().filter(name -> !names.contains(name)).toArray(String[]::new);
        String[] dropped = names.stream().filter(name -> !needed.contains(name)).toArray(String[]::new);
        if (added.length > 0) {
            subscribe(type, added);
        }
        if (dropped.length > 0) {
            unsubscribe(type, dropped);
            if (!stateOfTheWorld) { // whose server may not have noticed when it is wanted again, and then sends nothing
                List.of(dropped).forEach(name -> state.forget(type, name));
            }
        }
    }

    private Optional<String> take(DeltaDiscoveryResponse response) {
        DeltaDiscoveryResponse now = call().taken(response);
        taken.add(now);
        return state.take(now);
    }

    private static List<String> names(DeltaDiscoveryResponse response) {
        List<String> names = new ArrayList<>();
        response.getResourcesList().forEach(resource -> names.add(resource.getName()));
        response.getRemovedResourcesList().forEach(name -> names.add("-" + name));
        return names;
    }

    private FakeCall call() {
        if (call == null) {
            throw new IllegalStateException("not connected");
        }
        return call;
    }
}
