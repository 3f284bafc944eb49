package io.gatewright.settings;

import static io.gatewright.settings.Given.document;
import static io.gatewright.settings.Given.removed;
import static io.gatewright.settings.Given.setting;
import static io.gatewright.settings.Given.settings;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ConsistencyTest {
    private static Consistency check(Settings base, Document... changed) {
        return Consistency.check(base, base.with(2, List.of(changed)), List.of(changed));
    }

    private static void assertFine(Consistency found) {
        assertThat(found.invalid()).isEmpty();
        assertThat(found.conflicts()).isEmpty();
    }

    @Test
    void needsWhatADocumentRefersTo() {
        assertThat(check(settings(), setting("org=nobody,route=orders/nothing", "rate-limit.requests", "1"))
                        .invalid())
                .extracting(Problem::message)
                .containsExactly("there is no org nobody", "there is no route orders/nothing");
        assertThat(check(settings(), setting("global", "oidc.issuers", "[\"!other\"]"))
                        .invalid())
                .extracting(Problem::message)
                .containsExactly("there is no issuer other");
    }

    @Test
    void refusesMoreListenersThanAnEnvoyShouldHave() {
        Document[] most = IntStream.range(0, Consistency.MOST_LISTENERS)
                .mapToObj(i -> document("listener/l" + i, 1, "{\"address\":\"0.0.0.0\",\"port\":" + (1000 + i) + "}"))
                .toArray(Document[]::new);
        Settings full = settings(most);

        assertFine(check(full, document("listener/l0", 2, "{\"address\":\"0.0.0.0\",\"port\":999}")));
        assertThat(check(full, document("listener/more", 2, "{\"address\":\"0.0.0.0\",\"port\":998}"))
                        .conflicts())
                .extracting(Problem::message)
                .containsExactly("would be one of 201 listeners; 200 are the most");
    }

    @Test
    void takesWhatIsCreatedInTheSameChangeset() {
        assertFine(check(
                settings(),
                document("tenant/new", 2, "{\"org\":\"new\"}"),
                document("org/new", 2, "{\"name\":\"N\"}")));
    }

    @Test
    void keepsWhatIsStillUsed() {
        Settings settings = settings(setting("route=orders/create", "rate-limit.requests", "1"));

        assertThat(check(settings, removed("org/beta")).conflicts())
                .extracting(Problem::message)
                .containsExactly("org/beta is still used by tenant/beta-ch");
        assertThat(check(settings, document("module/orders", 2, Given.ORDERS.replace("create", "make")))
                        .conflicts())
                .extracting(Problem::message)
                .containsExactly(
                        "route/orders/create is still used by setting/route=orders/create/rate-limit.requests");
        assertFine(check(settings, removed("org/beta"), removed("tenant/beta-ch")));
    }

    @Test
    void givesAHostAPrefixAPortAndAnIssuerUrlToOneDocumentOnly() {
        Settings settings = settings(document("listener/edge", 1, "{\"address\":\"0.0.0.0\",\"port\":80}"));

        assertThat(check(
                                settings,
                                document("tenant/acme-at", 2, "{\"org\":\"acme\",\"hosts\":[\"de.acme.example\"]}"),
                                document("module/third", 2, Given.ORDERS),
                                document("listener/other", 2, "{\"address\":\"0.0.0.0\",\"port\":80}"),
                                document("issuer/other", 2, Given.ISSUER))
                        .conflicts())
                .extracting(Problem::field)
                .containsExactly(
                        "tenant/acme-at: host",
                        "module/third: prefix",
                        "listener/other: port",
                        "issuer/other: issuer-url");
    }

    @Test
    void allowsTakeoverOnlyWhereTheUpstreamDeduplicates() {
        Document takeover = setting("route=orders/create", "idempotency.on-unknown", "\"takeover\"");

        assertFine(check(settings(), takeover));
        assertThat(check(settings(), setting("route=orders/read", "idempotency.on-unknown", "\"takeover\""))
                        .invalid())
                .hasSize(1);
        assertThat(check(settings(), setting("module=orders", "idempotency.on-unknown", "\"takeover\""))
                        .invalid())
                .hasSize(1);
    }

    @Test
    void allowsAProbeForAModuleOrARouteOfAllTenantsOnly() {
        for (String scope : List.of("module=orders", "route=orders/read")) {
            assertFine(check(settings(), setting(scope, "idempotency.probe", "\"/attempts/{attempt}\"")));
        }
        for (String scope : List.of("global", "org=acme", "tenant=acme-de", "tenant=acme-de,route=orders/read")) {
            assertThat(check(settings(), setting(scope, "idempotency.probe", "\"/attempts/{attempt}\""))
                            .invalid())
                    .as(scope)
                    .hasSize(1);
            assertFine(check(settings(), setting(scope, "idempotency.probe", "\"none\"")));
        }
    }

    @Test
    void keepsTheDeduplicationThatATakeoverRestsOn() {
        Settings settings = settings(setting("org=acme,route=orders/create", "idempotency.on-unknown", "\"takeover\""));
        Document without = document("module/orders", 2, Given.ORDERS.replace(",\"flags\":[\"deduplicates\"]", ""));

        assertThat(check(settings, without).conflicts())
                .extracting(Problem::message)
                .containsExactly("route/orders/create no longer deduplicates, which"
                        + " setting/org=acme,route=orders/create/idempotency.on-unknown rests on");
        assertFine(check(settings, without, removed("setting/org=acme,route=orders/create/idempotency.on-unknown")));
    }
}
