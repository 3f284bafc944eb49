package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.StringValue;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.grpc.CallOptions;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.xds.XdsNameResolverProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client of grpc-xds, which is not ours: it finds a real server through ours, in the state-of-the-world variant. */
class GrpcClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String NAME = "who.test";
    private static final MethodDescriptor<StringValue, StringValue> WHO =
            MethodDescriptor.<StringValue, StringValue>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("test.Who/Is")
                    .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .build();

    private final XdsCache cache = new XdsCache();
    private final Deployments deployments = new Deployments(cache, Clock.systemUTC());
    private final AdsServer ads = new AdsServer(new AggregatedDiscovery(cache, deployments), "127.0.0.1", 0);
    private final Server one = backend("one");
    private final Server two = backend("two");
    private XdsNameResolverProvider resolver;
    private ManagedChannel channel;
    private long revision;

    @BeforeEach
    void start() throws IOException {
        one.start();
        two.start();
        ads.start();
        resolver = XdsNameResolverProvider.createForTest(
                "xds-of-ours",
                Map.of(
                        "node", Map.of("id", "grpc-1"),
                        "xds_servers",
                                List.of(Map.of(
                                        "server_uri",
                                        "127.0.0.1:" + ads.port(),
                                        "channel_creds",
                                        List.of(Map.of("type", "insecure")),
                                        "server_features",
                                        List.of("xds_v3")))));
        NameResolverRegistry.getDefaultRegistry().register(resolver);
        channel = NettyChannelBuilder.forTarget("xds-of-ours:///" + NAME, InsecureChannelCredentials.create())
                .build();
        update(listener(), route(), cluster(Cluster.LbPolicy.ROUND_ROBIN), endpoint(one));
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        NameResolverRegistry.getDefaultRegistry().deregister(resolver);
        ads.stop();
        one.shutdownNow();
        two.shutdownNow();
    }

    @Test
    void findsTheServerAndFollowsItsEndpoint() throws Exception {
        assertThat(call()).isEqualTo("one");
        assertThat(deployments.nodes()).singleElement().satisfies(node -> {
            assertThat(node.id()).isEqualTo("grpc-1");
            assertThat(node.rejections()).isEmpty();
        });

        update(endpoint(two));
        awaitAnswer(endpoint(two).key());
        awaitWho("two");
        one.shutdownNow();
        assertThat(call()).isEqualTo("two");
        assertThat(deployments.counters().resources(ResourceType.ENDPOINT)).isEqualTo(2);
        assertThat(deployments.counters().resources(ResourceType.CLUSTER)).isOne();
    }

    @Test
    void goesOnWithTheLastGoodClusterWhileItRejectsANewOne() throws Exception {
        assertThat(call()).isEqualTo("one");
        update(cluster(Cluster.LbPolicy.CLUSTER_PROVIDED));
        awaitAnswer(cluster(Cluster.LbPolicy.ROUND_ROBIN).key());
        assertThat(deployments.status(new ResourceKey(ResourceType.CLUSTER, "who")))
                .singleElement()
                .extracting(NodeStatus::state)
                .isEqualTo(NodeStatus.State.REJECTED);
        assertThat(call()).isEqualTo("one");
        assertThat(deployments.counters().nacks(ResourceType.CLUSTER)).isOne();

        update(cluster(Cluster.LbPolicy.ROUND_ROBIN), endpoint(two));
        awaitAnswer(endpoint(two).key());
        awaitWho("two");
        assertThat(deployments.nodes().getFirst().rejections()).isEmpty();
    }

    @Test
    void findsTheServerAgainWhenOursWasRestarted() throws Exception {
        assertThat(call()).isEqualTo("one");
        int port = ads.port();
        ads.stop();
        assertThat(call()).isEqualTo("one");
        AdsServer again = new AdsServer(new AggregatedDiscovery(cache, deployments), "127.0.0.1", port);
        again.start();
        try {
            update(endpoint(two));
            awaitAnswer(endpoint(two).key());
            awaitWho("two");
        } finally {
            channel.shutdownNow();
            again.stop();
        }
    }

    private void update(Resource... resources) {
        cache.update(++revision, List.of(resources), List.of());
    }

    private void awaitAnswer(ResourceKey key) throws InterruptedException {
        assertThat(deployments.await(List.of(key), revision, PATIENCE)).isTrue();
    }

    /** The client takes a moment after its acknowledgement. */
    private void awaitWho(String name) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!call().equals(name)) {
            assertThat(System.nanoTime()).as("%s does not answer", name).isLessThan(end);
        }
    }

    private String call() {
        CallOptions options = CallOptions.DEFAULT
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .withWaitForReady();
        return ClientCalls.blockingUnaryCall(channel, WHO, options, StringValue.getDefaultInstance())
                .getValue();
    }

    private static Server backend(String name) {
        ServerServiceDefinition service = ServerServiceDefinition.builder("test.Who")
                .addMethod(WHO, ServerCalls.asyncUnaryCall((request, answer) -> {
                    answer.onNext(StringValue.of(name));
                    answer.onCompleted();
                }))
                .build();
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service)
                .build();
    }

    private static Resource listener() {
        HttpConnectionManager.Builder http = HttpConnectionManager.newBuilder();
        http.getRdsBuilder().setRouteConfigName("who-routes").setConfigSource(ads());
        http.addHttpFiltersBuilder().setName("router").setTypedConfig(Any.pack(Router.getDefaultInstance()));
        Listener.Builder listener = Listener.newBuilder().setName(NAME);
        listener.getApiListenerBuilder().setApiListener(Any.pack(http.build()));
        return Resource.of(ResourceType.LISTENER, NAME, listener.build());
    }

    private static Resource route() {
        RouteConfiguration.Builder routes = RouteConfiguration.newBuilder().setName("who-routes");
        var route =
                routes.addVirtualHostsBuilder().setName("all").addDomains("*").addRoutesBuilder();
        route.getMatchBuilder().setPrefix("");
        route.getRouteBuilder().setCluster("who");
        return Resource.of(ResourceType.ROUTE, "who-routes", routes.build());
    }

    private static Resource cluster(Cluster.LbPolicy policy) {
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName("who")
                .setType(Cluster.DiscoveryType.EDS)
                .setLbPolicy(policy);
        cluster.getEdsClusterConfigBuilder().setEdsConfig(ads());
        return Resource.of(ResourceType.CLUSTER, "who", cluster.build());
    }

    private static Resource endpoint(Server backend) {
        ClusterLoadAssignment.Builder assignment =
                ClusterLoadAssignment.newBuilder().setClusterName("who");
        var locality = assignment.addEndpointsBuilder().setLoadBalancingWeight(UInt32Value.of(1));
        locality.getLocalityBuilder().setZone("here");
        locality.addLbEndpointsBuilder()
                .getEndpointBuilder()
                .getAddressBuilder()
                .getSocketAddressBuilder()
                .setAddress("127.0.0.1")
                .setPortValue(backend.getPort());
        return Resource.of(ResourceType.ENDPOINT, "who", assignment.build());
    }

    private static ConfigSource ads() {
        return ConfigSource.newBuilder()
                .setAds(AggregatedConfigSource.getDefaultInstance())
                .setResourceApiVersion(ApiVersion.V3)
                .build();
    }
}
