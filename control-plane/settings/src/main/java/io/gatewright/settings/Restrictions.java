package io.gatewright.settings;

import io.gatewright.settings.Body.Setting;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What broader scopes forbid a setting. Stateless. Looked at are the scopes that cover the setting's own wholly: one that
 * only overlaps it, as {@code module=orders} does {@code org=acme}, forbids nothing, but counts first where both apply.
 */
public final class Restrictions {
    private Restrictions() {}

    /**
     * Why a setting does not count as it stands.
     *
     * @param by the broadest scope that says so
     * @param message such as {@code is locked at org=acme}
     */
    public record Hindrance(Scope by, String message, String fix) {}

    /** What a broader scope has against a setting of these settings, or empty. */
    public static Optional<Hindrance> hindrance(Settings settings, Setting setting) {
        return settings.broader(setting.scope()).stream()
                .flatMap(scope -> Stream.ofNullable(settings.setting(scope, setting.key())))
                .flatMap(document -> document.body() instanceof Setting broader
                        ? Stream.ofNullable(hindrance(broader, setting))
                        : Stream.empty())
                .findFirst();
    }

    /**
     * Why a setting cannot be written. It must be allowed before the change set and after it, so that nobody passes a lock
     * by taking it away in the same breath.
     */
    static Optional<Problem> problem(Settings base, Settings candidate, DocumentKey key, Setting setting) {
        return hindrance(candidate, setting)
                .map(found -> new Problem(key.toString(), found.message(), found.fix()))
                .or(() -> hindrance(base, setting)
                        .map(found -> new Problem(
                                key.toString(),
                                found.message() + " until this change set",
                                "change " + found.by() + " in a revision of its own first")));
    }

    private static @Nullable Hindrance hindrance(Setting broader, Setting setting) {
        Restriction allowed = broader.restriction();
        if (allowed.locked()) {
            return new Hindrance(
                    broader.scope(), "is locked at " + broader.scope(), "leave it out, or unlock it there first");
        }
        return Stream.of(
                        outside(broader, "", setting.value()),
                        outside(broader, "min ", setting.restriction().min()),
                        outside(broader, "max ", setting.restriction().max()))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(null);
    }

    private static Optional<Hindrance> outside(Setting broader, String what, @Nullable Object value) {
        Object min = broader.restriction().min();
        Object max = broader.restriction().max();
        if (value != null && min != null && broader.key().compare(value, min) < 0) {
            return Optional.of(outside(broader, what, value, "below the min ", min, "at least "));
        }
        if (value != null && max != null && broader.key().compare(value, max) > 0) {
            return Optional.of(outside(broader, what, value, "above the max ", max, "at most "));
        }
        return Optional.empty();
    }

    private static Hindrance outside(
            Setting broader, String what, Object value, String relation, Object bound, String advice) {
        String text = SettingFormat.text(broader.key(), bound);
        return new Hindrance(
                broader.scope(),
                what + SettingFormat.text(broader.key(), value) + " is " + relation + text + " of " + broader.scope(),
                "write " + advice + text + ", or change the bound there first");
    }
}
