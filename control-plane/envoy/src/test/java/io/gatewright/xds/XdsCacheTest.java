package io.gatewright.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import io.envoyproxy.envoy.config.route.v3.ScopedRouteConfiguration;
import java.util.List;
import org.junit.jupiter.api.Test;

class XdsCacheTest {
    private final XdsCache cache = new XdsCache();

    @Test
    void reportsOnlyRealChangesAndKeepsTheRevisionOfTheRest() {
        Resource same = Samples.scope("a", "v1");
        cache.update(1, List.of(same, Samples.scope("b", "v1")), List.of());
        assertThat(cache.update(
                        2,
                        List.of(Samples.scope("a", "v1"), Samples.scope("b", "v2")),
                        List.of(Samples.scopeKey("missing"))))
                .containsExactly(Samples.scopeKey("b"));

        assertThat(cache.revision(Samples.scopeKey("a"))).isEqualTo(1);
        assertThat(cache.revision(Samples.scopeKey("b"))).isEqualTo(2);
        assertThat(cache.revision(Samples.scopeKey("missing"))).isEqualTo(-1);
        assertThat(cache.revision()).isEqualTo(2);
        assertThat(cache.get(Samples.scopeKey("a"))).isSameAs(same);
        assertThat(cache.names(ResourceType.SCOPED_ROUTE)).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void appliesNothingOfAnUpdateThatNamesAResourceTwice() {
        Resource resource = Samples.scope("a", "v1");
        assertThatThrownBy(() -> cache.update(1, List.of(resource), List.of(resource.key())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SCOPED_ROUTE/a twice");
        assertThat(cache.ready()).isFalse();
        assertThat(cache.size(ResourceType.SCOPED_ROUTE)).isZero();
    }

    @Test
    void becomesReadyWithAnEmptyUpdate() {
        cache.update(0, List.of(), List.of());
        assertThat(cache.ready()).isTrue();
    }

    @Test
    void takesOnlyAListenerForAPrimer() {
        assertThatThrownBy(() -> cache.primer(Samples.scope("a", "v1"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void versionsAResourceByItsContentInElevenCharacters() {
        Resource resource = Samples.scope("a", "v1");
        assertThat(resource.version()).hasSize(11).matches("[A-Za-z0-9_-]+");
        assertThat(resource).isEqualTo(Samples.scope("a", "v1"));
        assertThat(resource.version()).isNotEqualTo(Samples.scope("a", "v2").version());
        assertThat(resource.toString()).doesNotContain("v1");
    }

    @Test
    void packsAResourceAsAny() throws Exception {
        Resource resource = Samples.scope("a", "v1");
        Any any = Any.parseFrom(resource.packed());
        assertThat(any.unpack(ScopedRouteConfiguration.class).getName()).isEqualTo("a");
        assertThat(Resource.unpack(resource.packed())).isEqualTo(any);
    }

    @Test
    void refusesAMessageOfAnotherType() {
        assertThatThrownBy(() -> Resource.of(ResourceType.CLUSTER, "a", Empty.getDefaultInstance()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("google.protobuf.Empty");
    }

    @Test
    void saltsOnlyTheNameOfTheInlineRouteConfiguration() throws Exception {
        Resource resource = Samples.scope("a", "v1");
        ScopedRouteConfiguration salted = Samples.parseScope(Salt.salted(resource, 35));
        ScopedRouteConfiguration.Builder unsalted = salted.toBuilder();
        assertThat(salted.getRouteConfiguration().getName()).isEqualTo("rc-a#z");
        unsalted.getRouteConfigurationBuilder().setName("rc-a");
        assertThat(unsalted.build()).isEqualTo(Samples.parseScope(resource.packed()));
    }

    @Test
    void findsATypeByItsUrl() {
        for (ResourceType type : ResourceType.values()) {
            assertThat(ResourceType.forTypeUrl(type.typeUrl())).contains(type);
        }
        assertThat(ResourceType.forTypeUrl("type.googleapis.com/other")).isEmpty();
    }
}
