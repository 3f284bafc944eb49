package io.gatewright.xds;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceStub;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One ADS stream of a client, in either variant; messages of the other one are kept in the form of the delta one. */
final class FakeCall {
    private static final String STALE = "stale";

    final BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
    final CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();
    private final FakeState state;
    private final boolean stateOfTheWorld;
    private final boolean paused;
    private final Map<ResourceType, String> nonces = new EnumMap<>(ResourceType.class);
    private final Consumer<DeltaDiscoveryRequest> requests;
    private @Nullable ClientCallStreamObserver<?> call;

    FakeCall(AggregatedDiscoveryServiceStub stub, FakeState state, boolean stateOfTheWorld, boolean paused) {
        this.state = state;
        this.stateOfTheWorld = stateOfTheWorld;
        this.paused = paused;
        if (stateOfTheWorld) {
            StreamObserver<DiscoveryRequest> out =
                    stub.streamAggregatedResources(this.<DiscoveryRequest, DiscoveryResponse>into(FakeCall::asDelta));
            requests = request -> out.onNext(asSotw(request));
        } else {
            requests = stub.deltaAggregatedResources(
                    this.<DeltaDiscoveryRequest, DeltaDiscoveryResponse>into(Function.identity()))::onNext;
        }
    }

    void send(DeltaDiscoveryRequest request) {
        requests.accept(request);
    }

    /** Rejects a response that was never sent; a state-of-the-world client says beside it to want something else. */
    void sendStale(ResourceType type) {
        DeltaDiscoveryRequest.Builder request =
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl()).setResponseNonce(STALE);
        request.getErrorDetailBuilder().setMessage("no good: everything");
        requests.accept(request.build());
    }

    void request(int count) {
        ClientCallStreamObserver<?> open = call;
        if (open != null) {
            open.request(count);
        }
    }

    void cancel() {
        ClientCallStreamObserver<?> open = call;
        if (open != null) {
            open.cancel("the fake breaks the stream", null);
        }
    }

    /** The response as one taken in now says it. */
    DeltaDiscoveryResponse taken(DeltaDiscoveryResponse response) {
        ResourceType type = ResourceType.forTypeUrl(response.getTypeUrl()).orElseThrow();
        nonces.put(type, response.getNonce());
        return stateOfTheWorld && type.collection() ? state.withRemovals(response, type) : response;
    }

    private <Q, R> ClientResponseObserver<Q, R> into(Function<R, DeltaDiscoveryResponse> form) {
        return new ClientResponseObserver<>() {
            @Override
            public void beforeStart(ClientCallStreamObserver<Q> started) {
                call = started;
                if (paused) {
                    started.disableAutoRequestWithInitial(0);
                }
            }

            @Override
            public void onNext(R response) {
                responses.add(form.apply(response));
            }

            @Override
            public void onError(Throwable failure) {
                end.complete(Optional.of(failure));
            }

            @Override
            public void onCompleted() {
                end.complete(Optional.empty());
            }
        };
    }

    /** Says all it wants, and answers the newest response that it has taken in. */
    private DiscoveryRequest asSotw(DeltaDiscoveryRequest request) {
        DiscoveryRequest.Builder built =
                DiscoveryRequest.newBuilder().setNode(request.getNode()).setTypeUrl(request.getTypeUrl());
        if (request.hasErrorDetail()) {
            built.setErrorDetail(request.getErrorDetail());
        }
        String nonce = request.getResponseNonce();
        ResourceType.forTypeUrl(request.getTypeUrl()).ifPresent(type -> {
            FakeState.Holding held = state.of(type);
            built.setVersionInfo(held.version)
                    .setResponseNonce(nonce.isEmpty() ? nonces.getOrDefault(type, "") : nonce);
            if (nonce.equals(STALE)) {
                built.addResourceNames("something else");
            } else {
                built.addAllResourceNames(held.names);
            }
        });
        return built.build();
    }

    private static DeltaDiscoveryResponse asDelta(DiscoveryResponse response) {
        ResourceType type = ResourceType.forTypeUrl(response.getTypeUrl()).orElseThrow();
        DeltaDiscoveryResponse.Builder built = DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setNonce(response.getNonce())
                .setSystemVersionInfo(response.getVersionInfo());
        response.getResourcesList()
                .forEach(resource -> built.addResourcesBuilder()
                        .setName(Samples.name(type, resource.toByteString()))
                        .setResource(resource));
        return built.build();
    }
}
