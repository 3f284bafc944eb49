package io.gatewright.settings;

import static io.gatewright.settings.Given.document;
import static io.gatewright.settings.Given.removed;
import static io.gatewright.settings.Given.setting;
import static io.gatewright.settings.Given.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.AffectedTenants.All;
import io.gatewright.settings.AffectedTenants.Some;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class AffectedTenantsTest {
    private static final AffectedTenants NOBODY = new Some(Set.of());

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of(document("org/acme", 2, "{\"name\":\"Other\"}"), NOBODY),
                Arguments.of(document("tenant/acme-de", 2, "{\"org\":\"acme\"}"), new Some(Set.of("acme-de"))),
                Arguments.of(document("tenant/new", 2, "{\"org\":\"acme\"}"), new Some(Set.of("new"))),
                Arguments.of(removed("tenant/beta-ch"), new Some(Set.of("beta-ch"))),
                Arguments.of(document("module/orders", 2, Given.ORDERS.replace(":8080", ":9090")), NOBODY),
                Arguments.of(document("module/orders", 2, Given.ORDERS.replace("/orders", "/o")), new All()),
                Arguments.of(document("module/orders", 2, Given.ORDERS.replace("POST", "PUT")), new All()),
                Arguments.of(removed("module/bills"), new All()),
                Arguments.of(document("issuer/main", 2, Given.ISSUER.replace("realm", "other")), new All()),
                Arguments.of(document("listener/edge", 2, "{\"address\":\"0.0.0.0\",\"port\":80}"), NOBODY),
                Arguments.of(document("signing-keys/main", 2, "{\"keys\":[]}"), NOBODY),
                Arguments.of(setting("global", "rate-limit.requests", "1"), new All()),
                Arguments.of(setting("module=orders", "rate-limit.requests", "1"), new All()),
                Arguments.of(setting("org=acme", "rate-limit.requests", "1"), new Some(Set.of("acme-de", "acme-at"))),
                Arguments.of(
                        setting("tenant=acme-at,module=orders", "rate-limit.requests", "1"),
                        new Some(Set.of("acme-at"))),
                Arguments.of(removed("setting/tenant=acme-de/rate-limit.requests"), new Some(Set.of("acme-de"))));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void areThoseWhosePolicyMayChange(Document changed, AffectedTenants expected) {
        Settings previous = settings(setting("tenant=acme-de", "rate-limit.requests", "5"));

        Settings current = previous.with(2, List.of(changed));

        assertThat(SettingsChange.between(previous, current, Set.of(changed.key()))
                        .affected())
                .isEqualTo(expected);
    }

    @Test
    void areKnownForEveryKind() {
        Set<Kind> covered = new HashSet<>();
        changes().forEach(arguments -> {
            if (arguments.get()[0] instanceof Document document) {
                covered.add(document.key().kind());
            }
        });

        assertThat(covered).containsExactlyInAnyOrder(Kind.values());
    }

    @Test
    void includeThoseOfAnOrgBeforeAndAfterATenantMoved() {
        Settings previous = settings(setting("org=acme", "rate-limit.requests", "5"));
        Document moved = document("tenant/acme-at", 2, "{\"org\":\"beta\"}");
        Document unset = removed("setting/org=acme/rate-limit.requests");

        Settings current = previous.with(2, List.of(moved, unset));

        assertThat(AffectedTenants.between(previous, current, List.of(moved.key(), unset.key())))
                .isEqualTo(new Some(Set.of("acme-de", "acme-at")));
    }
}
