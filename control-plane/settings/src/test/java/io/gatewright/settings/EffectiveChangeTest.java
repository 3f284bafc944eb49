package io.gatewright.settings;

import static io.gatewright.settings.Given.document;
import static io.gatewright.settings.Given.removed;
import static io.gatewright.settings.Given.setting;
import static io.gatewright.settings.Given.settings;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EffectiveChangeTest {

    private static List<String> between(Settings before, Document... changed) {
        Settings after = before.with(2, List.of(changed));
        List<String> found = new ArrayList<>();
        EffectiveChange.between(
                before,
                after,
                Arrays.stream(changed).map(Document::key).toList(),
                change -> found.add(change.tenant() + " " + new Scope(Who.GLOBAL, change.what()) + " " + change.key()
                        + " " + change.before() + " " + change.after()));
        return found;
    }

    @Test
    void isToldForEveryTenantThatItConcerns() {
        assertThat(between(settings(), setting("org=acme", "rate-limit.requests", "5")))
                .containsExactly(
                        "acme-at global rate-limit.requests 600 5", "acme-de global rate-limit.requests 600 5");
        assertThat(between(settings(), setting("tenant=acme-at", "rate-limit.requests", "600")))
                .isEmpty();
    }

    @Test
    void isNotToldAgainWhereItIsTheSame() {
        Settings settings = settings(
                setting("tenant=acme-de,module=orders", "body.max-bytes", "7"),
                setting("tenant=acme-de,route=orders/read", "rate-limit.requests", "9"));

        assertThat(between(settings, setting("tenant=acme-de", "rate-limit.requests", "5")))
                .containsExactly("acme-de global rate-limit.requests 600 5");
    }

    @Test
    void namesModuleAndRouteWhereItIsAnother() {
        Settings settings = settings(setting("module=orders", "rate-limit.requests", "100"));

        assertThat(between(settings, setting("tenant=beta-ch,route=orders/create", "rate-limit.requests", "3")))
                .containsExactly("beta-ch route=orders/create rate-limit.requests 100 3");
        assertThat(between(settings, removed("setting/module=orders/rate-limit.requests")))
                .containsExactly(
                        "acme-at module=orders rate-limit.requests 100 600",
                        "acme-de module=orders rate-limit.requests 100 600",
                        "beta-ch module=orders rate-limit.requests 100 600");
    }

    @Test
    void includesWhatALockAndABoundDo() {
        Settings settings = settings(
                setting("tenant=acme-de", "rate-limit.requests", "500"),
                setting("tenant=acme-at", "rate-limit.requests", "50"));

        assertThat(between(settings, document("setting/org=acme/rate-limit.requests", 2, "{\"max\":100}")))
                .containsExactly("acme-de global rate-limit.requests 500 100");
        assertThat(between(
                        settings, document("setting/org=acme/rate-limit.requests", 2, "{\"value\":7,\"locked\":true}")))
                .containsExactly("acme-at global rate-limit.requests 50 7", "acme-de global rate-limit.requests 500 7");
    }

    @Test
    void leavesOutTenantsThatComeOrGo() {
        Document fresh = document("tenant/new", 2, "{\"org\":\"acme\"}");

        assertThat(between(settings(), fresh, removed("tenant/acme-at"))).isEmpty();
        assertThat(EffectiveChange.tenants(settings(), settings(fresh), List.of(fresh.key())))
                .containsExactly("new");
    }
}
