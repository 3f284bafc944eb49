package io.gatewright.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.Explanation.Outcome;
import io.gatewright.settings.Explanation.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class SettingsPropertiesTest {
    private static final List<String> SCOPES = List.of(
            "global",
            "module=orders",
            "route=orders/create",
            "org=acme",
            "org=acme,module=orders",
            "org=acme,route=orders/create",
            "tenant=acme-de",
            "tenant=acme-de,module=orders",
            "tenant=acme-de,route=orders/create",
            "org=beta",
            "tenant=acme-at,route=orders/read");

    @Provide
    Arbitrary<Document> writes() {
        Arbitrary<Document> limits = Combinators.combine(
                        Arbitraries.of(SCOPES), Arbitraries.integers().between(1, 9))
                .as((scope, value) -> Given.setting(scope, "rate-limit.requests", value.toString()));
        Arbitrary<Document> restricted = Combinators.combine(
                        Arbitraries.of(SCOPES)
                                .filter(scope -> !scope.startsWith("tenant=") || !scope.contains("route=")),
                        Arbitraries.integers().between(1, 9),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of("\"locked\":true,\"value\":%2$d", "\"value\":%2$d", "\"min\":%1$d"))
                .as((scope, value, below, above, form) -> Given.document(
                        "setting/" + scope + "/rate-limit.requests",
                        1,
                        ("{" + form + (form.contains("value") && below > 0 ? ",\"min\":%1$d" : "") + ",\"max\":%3$d}")
                                .formatted(Math.max(1, value - below), value, value + above)));
        Arbitrary<Document> headers = Combinators.combine(
                        Arbitraries.of(SCOPES),
                        Arbitraries.of("x-a", "x-b", "!x-a", "!x-b").set().ofMaxSize(4))
                .as((scope, names) -> Given.setting(
                        scope,
                        "headers.required",
                        names.isEmpty() ? "[]" : "[\"" + String.join("\",\"", names) + "\"]"));
        Arbitrary<Document> tenants = Combinators.combine(
                        Arbitraries.of("acme-de", "acme-at", "new"),
                        Arbitraries.of("acme", "beta"),
                        Arbitraries.of("a.example", "b.example"))
                .as((id, org, host) ->
                        Given.document("tenant/" + id, 1, "{\"org\":\"" + org + "\",\"hosts\":[\"" + host + "\"]}"));
        return Arbitraries.oneOf(
                limits,
                restricted,
                headers,
                tenants,
                limits.map(d -> new Document(d.key(), 1, null)),
                headers.map(d -> new Document(d.key(), 1, null)));
    }

    @Provide
    Arbitrary<List<Document>> histories() {
        return writes().list().ofMaxSize(30);
    }

    @Property(tries = 300)
    void explainsThatTheLastCountingValueIsTheEffectiveOne(@ForAll("histories") List<Document> history) {
        Settings settings = Given.settings(history.toArray(Document[]::new));
        What what = new What.Route("orders", "create");

        Explanation explanation = settings.explain("acme-de", what, Catalog.RATE_LIMIT_REQUESTS);

        List<Step> counting = explanation.steps().stream()
                .filter(s -> s.outcome() == Outcome.COUNTS || s.outcome() == Outcome.CLAMPED)
                .toList();
        if (explanation.clampedBy() == null) {
            assertThat(
                            counting.isEmpty()
                                    ? explanation.defaultValue()
                                    : counting.getLast().value())
                    .isEqualTo(explanation.effective());
        }
        for (Step step : explanation.steps()) {
            assertThat(step.outcome() == Outcome.CLAMPED).isEqualTo(counting.contains(step) && step.by() != null);
            assertThat(step.outcome() == Outcome.LOCKED).isEqualTo(step.by() != null && !counting.contains(step));
        }
        assertThat(counting).hasSizeLessThanOrEqualTo(1);
        for (Key<?> key : Catalog.keys()) {
            assertThat(settings.explain("acme-de", what, key).effective())
                    .isEqualTo(settings.effective("acme-de", what).toJson().get(key.name()));
        }
    }

    @Property(tries = 300)
    void comesToTheSameStepByStepAndFromScratchInAnyOrder(
            @ForAll("histories") List<Document> history, @ForAll Random random) {
        Settings stepByStep = Given.settings();
        for (Document write : history) {
            stepByStep = stepByStep.with(1, List.of(write));
        }
        List<Document> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            all.addAll(stepByStep.all(kind));
        }
        Collections.shuffle(all, random);
        Settings fromScratch = Settings.EMPTY.with(1, all);
        Settings atOnce = Given.settings(history.toArray(Document[]::new));

        for (Settings other : List.of(fromScratch, atOnce)) {
            for (Kind kind : Kind.values()) {
                assertThat(other.all(kind)).isEqualTo(stepByStep.all(kind));
            }
            for (Document tenant : stepByStep.all(Kind.TENANT)) {
                String id = tenant.key().id();
                for (What what :
                        List.of(What.ANY, new What.Route("orders", "create"), new What.Route("orders", "read"))) {
                    assertThat(other.effective(id, what)).isEqualTo(stepByStep.effective(id, what));
                    assertThat(other.hasOwn(id, what)).isEqualTo(stepByStep.hasOwn(id, what));
                }
            }
            for (String reference : List.of(
                    "org/acme", "org/beta", "host/a.example", "host/b.example", "tenant/acme-de", "module/orders")) {
                assertThat(other.referrers(reference)).isEqualTo(stepByStep.referrers(reference));
            }
        }
    }

    @Property(tries = 300)
    void affectsEveryTenantWhoseValuesChange(
            @ForAll("histories") List<Document> before, @ForAll("histories") List<Document> after) {
        Settings previous = Given.settings(before.toArray(Document[]::new));
        Settings current = previous.with(2, after);

        AffectedTenants affected = AffectedTenants.between(
                previous, current, after.stream().map(Document::key).toList());

        if (affected instanceof AffectedTenants.Some some) {
            for (String tenant : current.ids(Kind.TENANT)) {
                for (What what :
                        List.of(What.ANY, new What.Route("orders", "create"), new What.Route("orders", "read"))) {
                    boolean differs = !previous.ids(Kind.TENANT).contains(tenant)
                            || !previous.effective(tenant, what).equals(current.effective(tenant, what));
                    assertThat(!differs || some.tenants().contains(tenant))
                            .as(tenant + " at " + what)
                            .isTrue();
                }
            }
        }
    }

    @Property(tries = 500)
    void letsNoNarrowerScopeWidenABoundOrPassALock(@ForAll("histories") List<Document> history) {
        Settings settings = Given.settings(history.toArray(Document[]::new));
        Explanation explanation =
                settings.explain("acme-de", new What.Route("orders", "create"), Catalog.RATE_LIMIT_REQUESTS);
        long effective = explanation.effective().longValue();

        long least = Long.MIN_VALUE;
        long most = Long.MAX_VALUE;
        for (Step step : explanation.steps()) {
            if (step.outcome() == Outcome.LOCKED) {
                assertThat(step.by()).isEqualTo(explanation.lockedBy());
                continue;
            }
            long min = step.min() == null ? least : Math.clamp(step.min().longValue(), least, most);
            long max = step.max() == null ? most : Math.clamp(step.max().longValue(), least, most);
            least = min;
            most = max;
            assertThat(effective).isBetween(least, most);
        }
    }

    @Property(tries = 300)
    void letsCountWhatItDoesNotRefuse(@ForAll("histories") List<Document> history, @ForAll("writes") Document write) {
        Settings base = Given.settings(history.toArray(Document[]::new));
        Settings candidate = base.with(2, List.of(write));
        if (!(write.body() instanceof Body.Setting setting)
                || setting.value() == null
                || !setting.key().ordered()) {
            return;
        }
        boolean refused =
                Restrictions.problem(base, candidate, write.key(), setting).isPresent();

        boolean restricted = base.broader(setting.scope()).stream()
                .map(scope -> base.setting(scope, setting.key()))
                .anyMatch(document -> document != null
                        && document.body() instanceof Body.Setting broader
                        && broader.restriction().restricts());
        assertThat(!refused || restricted).isTrue();
        if (!refused && setting.scope().toString().equals("tenant=acme-de")) {
            Settings alone = candidate.with(
                    3,
                    candidate.all(Kind.SETTING).stream()
                            .filter(document -> document.body() instanceof Body.Setting other
                                    && !other.scope().what().equals(What.ANY)
                                    && !other.scope().equals(setting.scope()))
                            .map(document -> new Document(document.key(), 3, null))
                            .toList());
            assertThat(alone.effective("acme-de", What.ANY).get(Catalog.RATE_LIMIT_REQUESTS))
                    .isEqualTo(setting.value());
        }
    }

    @Property(tries = 300)
    void tellsEveryValueThatCountsDifferentlyThereOrForTheTenantAsAWhole(
            @ForAll("histories") List<Document> before, @ForAll("histories") List<Document> change) {
        Settings previous = Given.settings(before.toArray(Document[]::new));
        Settings current = previous.with(2, change);
        List<String> told = new ArrayList<>();
        EffectiveChange.between(
                previous,
                current,
                change.stream().map(Document::key).toList(),
                found -> told.add(found.tenant() + found.what() + found.key() + found.before() + found.after()));

        What route = new What.Route("orders", "create");
        for (String tenant : previous.ids(Kind.TENANT)) {
            for (Key<?> key : current.ids(Kind.TENANT).contains(tenant) ? Catalog.keys() : List.<Key<?>>of()) {
                String moved = key.toString()
                        + previous.explain(tenant, route, key).effective()
                        + current.explain(tenant, route, key).effective();
                boolean differs = !previous.explain(tenant, route, key)
                        .effective()
                        .equals(current.explain(tenant, route, key).effective());
                boolean isTold = Stream.of(What.ANY, new What.Module("orders"), route)
                        .anyMatch(what -> told.contains(tenant + what + moved));
                assertThat(!differs || isTold)
                        .as(tenant + " " + moved + " of " + told)
                        .isTrue();
            }
        }
        assertThat(told).doesNotHaveDuplicates();
    }
}
