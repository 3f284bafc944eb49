package io.gatewright.settings;

import io.gatewright.settings.Body.Listener;
import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.RouteFlag;
import io.gatewright.settings.Body.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a candidate as a whole. Immutable. Costs what the change is, not what there is.
 *
 * @param invalid what the change itself says wrongly
 * @param conflicts where it collides with other documents
 */
public record Consistency(List<Problem> invalid, List<Problem> conflicts) {
    /** More are refused, also when each is for one tenant. */
    static final int MOST_LISTENERS = 200;

    /** Checks {@code candidate}, which is {@code base} after {@code changed}. */
    public static Consistency check(Settings base, Settings candidate, Collection<Document> changed) {
        Consistency found = new Consistency(new ArrayList<>(), new ArrayList<>());
        for (Document document : changed) {
            Document old = base.get(document.key());
            found.checkDefined(candidate, old, document);
            if (document.body() instanceof Module module) {
                found.checkTakeovers(candidate, document.key(), module);
            }
            Body body = document.body();
            if (body instanceof Listener) {
                found.checkListeners(candidate, document.key());
            }
            if (body != null) {
                found.checkReferences(candidate, document.key(), body);
                if (body instanceof Setting setting) {
                    found.checkSetting(candidate, document.key(), setting);
                    Restrictions.problem(base, candidate, document.key(), setting)
                            .ifPresent(found.invalid::add);
                }
            }
        }
        return found;
    }

    /** Each listener costs every Envoy memory and a port; a public one serves any number of tenants. */
    private void checkListeners(Settings candidate, DocumentKey key) {
        int listeners = candidate.ids(Kind.LISTENER).size();
        if (listeners > MOST_LISTENERS) {
            conflicts.add(new Problem(
                    key.toString(),
                    "would be one of " + listeners + " listeners; " + MOST_LISTENERS + " are the most",
                    "let the tenant use a public listener, or remove one that is not needed"));
        }
    }

    private void checkReferences(Settings candidate, DocumentKey key, Body body) {
        for (String reference : References.of(body)) {
            Set<DocumentKey> holders = candidate.referrers(reference);
            String name = reference.substring(reference.indexOf('/') + 1);
            String what = reference.substring(0, reference.indexOf('/'));
            if (References.exclusive(reference) && holders.size() > 1) {
                conflicts.add(new Problem(
                        key + ": " + what,
                        name + " already belongs to " + others(holders, key),
                        "choose another, or take it from there in the same change set"));
            } else if (!References.exclusive(reference) && !candidate.defines(reference)) {
                invalid.add(new Problem(
                        key + ": " + what,
                        "there is no " + what + " " + name,
                        "create it first or in the same change set, or correct the name"));
            }
        }
    }

    private void checkDefined(Settings candidate, @Nullable Document old, Document changed) {
        for (String defined : defined(old).toList()) {
            Set<DocumentKey> holders = candidate.referrers(defined);
            if (!holders.isEmpty() && !candidate.defines(defined)) {
                conflicts.add(new Problem(
                        changed.key().toString(),
                        defined + " is still used by " + others(holders, changed.key()),
                        "remove or change those documents first or in the same change set"));
            }
        }
    }

    private static Stream<String> defined(@Nullable Document document) {
        if (document == null) {
            return Stream.empty();
        }
        Stream<String> routes = document.body() instanceof Module module
                ? module.routes().stream().map(r -> "route/" + document.key().id() + "/" + r.name())
                : Stream.empty();
        return Stream.concat(Stream.of(document.key().toString()), routes);
    }

    private void checkSetting(Settings candidate, DocumentKey key, Setting setting) {
        if (setting.key() == Catalog.IDEMPOTENCY_ON_UNKNOWN
                && "takeover".equals(setting.value())
                && !deduplicates(candidate, setting.scope().what())) {
            invalid.add(new Problem(
                    key + ": value",
                    "takeover needs an upstream that runs a repeated key once",
                    "set it on a route whose flags say deduplicates"));
        }
        boolean ofModule =
                setting.scope().who().equals(Who.GLOBAL) && !(setting.scope().what() instanceof What.Any);
        if (setting.key() == Catalog.IDEMPOTENCY_PROBE
                && setting.value() instanceof Optional<?> path
                && path.isPresent()
                && !ofModule) {
            invalid.add(new Problem(
                    key + ": value",
                    "is a path of one module's upstream, the same for all tenants",
                    "set it at module=M or route=M/R"));
        }
    }

    private void checkTakeovers(Settings candidate, DocumentKey module, Module changed) {
        for (Body.Route route : changed.routes()) {
            if (route.flags().contains(RouteFlag.DEDUPLICATES)) {
                continue;
            }
            String reference = "route/" + module.id() + "/" + route.name();
            for (DocumentKey holder : candidate.referrers(reference)) {
                if (takesOver(candidate.get(holder))) {
                    conflicts.add(new Problem(
                            module.toString(),
                            reference + " no longer deduplicates, which " + holder + " rests on",
                            "keep the flag, or change that setting first or in the same change set"));
                }
            }
        }
    }

    private static boolean takesOver(@Nullable Document document) {
        return document != null
                && document.body() instanceof Setting setting
                && setting.key() == Catalog.IDEMPOTENCY_ON_UNKNOWN
                && "takeover".equals(setting.value());
    }

    private static boolean deduplicates(Settings candidate, What what) {
        if (!(what instanceof What.Route route)) {
            return false;
        }
        Module module = candidate.body(Module.class, Kind.MODULE, route.module());
        Body.Route found = module == null ? null : module.route(route.name());
        return found != null && found.flags().contains(RouteFlag.DEDUPLICATES);
    }

    private static String others(Set<DocumentKey> holders, DocumentKey self) {
        List<String> names = holders.stream()
                .filter(holder -> !holder.equals(self))
                .map(DocumentKey::toString)
                .sorted()
                .toList();
        String first = names.stream().limit(3).collect(Collectors.joining(", "));
        return names.size() > 3 ? first + " and " + (names.size() - 3) + " more" : first;
    }
}
