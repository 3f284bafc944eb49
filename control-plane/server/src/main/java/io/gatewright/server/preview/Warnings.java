package io.gatewright.server.preview;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.Body.Setting;
import io.gatewright.settings.Body.SigningKeys;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Effective;
import io.gatewright.settings.EffectiveChange;
import io.gatewright.settings.Key;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Restrictions;
import io.gatewright.settings.Scope;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import io.gatewright.settings.Who;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Looks for what should be meant in a change. One thread at a time. */
final class Warnings {
    private static final Set<Key<?>> LIMITS = Set.of(
            Catalog.RATE_LIMIT_BURST,
            Catalog.RATE_LIMIT_ACTOR_REQUESTS,
            Catalog.HEADERS_MAX_BYTES,
            Catalog.BODY_MAX_BYTES,
            Catalog.OIDC_TOKEN_MAX_AGE);

    private final Settings before;
    private final Settings after;
    private final Counted<Warning> found = new Counted<>();

    Warnings(Settings before, Settings after) {
        this.before = before;
        this.after = after;
    }

    private void add(Warning.Type type, String message, String concerned) {
        found.add(new Warning(type, message), concerned);
    }

    /** A tenant that the change touches, once. */
    void tenant(String id) {
        Tenant old = before.body(Tenant.class, Kind.TENANT, id);
        Tenant now = after.body(Tenant.class, Kind.TENANT, id);
        if (now == null) {
            add(Warning.Type.TENANT_CLOSED, "is removed: its requests are refused", id);
            return;
        }
        if (now.suspended() && (old == null || !old.suspended())) {
            add(Warning.Type.TENANT_CLOSED, "is suspended: its requests are refused", id);
        }
        Effective effective = after.effective(id, What.ANY);
        boolean closedBefore = old != null && closed(before.effective(id, What.ANY));
        if (closed(effective) && !closedBefore) {
            add(Warning.Type.NO_ISSUER, "oidc.required is true, but oidc.issuers is empty: nobody can call", id);
        }
        for (String issuer : effective.get(Catalog.OIDC_ISSUERS)) {
            boolean known = old != null
                    && before.effective(id, What.ANY).get(Catalog.OIDC_ISSUERS).contains(issuer)
                    && (hasKeys(after, issuer) || !hasKeys(before, issuer));
            if (!known && !hasKeys(after, issuer)) {
                add(
                        Warning.Type.ISSUER_WITHOUT_KEYS,
                        "the keys of issuer " + issuer
                                + " are not known: its tokens are refused until they were fetched",
                        id);
            }
        }
    }

    private static boolean closed(Effective effective) {
        return effective.get(Catalog.OIDC_REQUIRED)
                && effective.get(Catalog.OIDC_ISSUERS).isEmpty();
    }

    private static boolean hasKeys(Settings settings, String issuer) {
        SigningKeys keys = settings.body(SigningKeys.class, Kind.SIGNING_KEYS, issuer);
        return keys != null && !keys.keys().isEmpty();
    }

    /** A value that counts differently. */
    void effective(EffectiveChange change) {
        Key<?> key = change.key();
        String tenant = change.tenant();
        String where = where(change.what());
        String moved = key + " " + text(change.before()) + " → " + text(change.after()) + where;
        if (key == Catalog.OIDC_REQUIRED && !change.after().booleanValue()) {
            add(Warning.Type.TOKEN_NOT_REQUIRED, "requests are accepted without a token" + where, tenant);
        } else if (key == Catalog.CORS_ALLOW_CREDENTIALS || key == Catalog.CORS_ALLOWED_ORIGINS) {
            credentials(change);
        } else if (key == Catalog.RATE_LIMIT_MODE && change.before().asText().equals("enforce")) {
            add(Warning.Type.LIMIT_OFF, moved, tenant);
        } else if (key == Catalog.RATE_LIMIT_REQUESTS || key == Catalog.RATE_LIMIT_PERIOD) {
            if (rate(after, change) < rate(before, change)) {
                add(Warning.Type.LIMIT_LOWERED, moved, tenant);
            }
        } else if (LIMITS.contains(key) && lower(change)) {
            add(Warning.Type.LIMIT_LOWERED, moved, tenant);
        }
    }

    private static String where(What what) {
        return what.equals(What.ANY) ? "" : " at " + new Scope(Who.GLOBAL, what);
    }

    private static String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : value.toString();
    }

    private void credentials(EffectiveChange change) {
        Effective now = after.effective(change.tenant(), change.what());
        if (!now.get(Catalog.CORS_ALLOW_CREDENTIALS)) {
            return;
        }
        Effective old = before.effective(change.tenant(), change.what());
        Set<String> opened = new TreeSet<>(now.get(Catalog.CORS_ALLOWED_ORIGINS));
        if (old.get(Catalog.CORS_ALLOW_CREDENTIALS)) {
            opened.removeAll(old.get(Catalog.CORS_ALLOWED_ORIGINS));
        }
        for (String origin : opened) {
            add(
                    Warning.Type.OPENS_CREDENTIALS,
                    "pages of " + origin + " may call with cookies and credentials" + where(change.what()),
                    change.tenant());
        }
    }

    /** Requests a second. */
    private static double rate(Settings settings, EffectiveChange change) {
        Effective effective = settings.effective(change.tenant(), change.what());
        Duration period = effective.get(Catalog.RATE_LIMIT_PERIOD);
        return effective.get(Catalog.RATE_LIMIT_REQUESTS) / (double) period.toSeconds();
    }

    private static boolean lower(EffectiveChange change) {
        return amount(change.after()) < amount(change.before());
    }

    /** Numbers, and durations in seconds; none is more than all. */
    private static double amount(JsonNode value) {
        return value.isNumber()
                ? value.doubleValue()
                : value.asText().equals("none")
                        ? Double.POSITIVE_INFINITY
                        : Duration.parse(value.asText()).toSeconds();
    }

    /** The settings of narrower scopes that a changed lock or bound overrules. */
    void overruled(Collection<DocumentKey> changed) {
        boolean restricts = changed.stream()
                .map(after::get)
                .anyMatch(document -> document != null
                        && document.body() instanceof Setting setting
                        && setting.restriction().restricts());
        for (Document document : restricts ? after.all(Kind.SETTING) : List.<Document>of()) {
            if (document.body() instanceof Setting setting) {
                Optional<Restrictions.Hindrance> now = Restrictions.hindrance(after, setting);
                if (now.isPresent() && !now.equals(Restrictions.hindrance(before, setting))) {
                    add(
                            Warning.Type.OVERRULED,
                            setting.key() + " " + now.get().message(),
                            setting.scope().toString());
                }
            }
        }
    }

    void drains(String listener) {
        add(Warning.Type.DRAINS, "a listener changes: its connections are drained", listener);
    }

    void notTranslated(String tenant, String why) {
        add(Warning.Type.NOT_TRANSLATED, why, tenant);
    }

    /** All of them, the graver first. */
    List<Counted.Group<Warning>> all(int most) {
        return found.groups(Integer.MAX_VALUE).stream()
                .sorted(java.util.Comparator.comparing(group -> group.finding().type()))
                .limit(most)
                .toList();
    }

    int size() {
        return found.size();
    }
}
