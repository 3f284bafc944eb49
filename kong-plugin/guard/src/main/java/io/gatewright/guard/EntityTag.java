package io.gatewright.guard;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * An entity tag (RFC 9110 §8.8.3). Immutable.
 *
 * @param opaque what stands between the quotes
 */
record EntityTag(boolean weak, String opaque) {
    private static final int MOST = 32;
    private static final int LONGEST_LIST = 8_192;

    /** A list of tags, or the star that stands for any. */
    record Condition(boolean any, List<EntityTag> tags) {
        /** Strong comparison: both strong and equal. */
        boolean hasStrong(EntityTag tag) {
            return tags.stream().anyMatch(each -> !each.weak && !tag.weak && each.opaque.equals(tag.opaque));
        }

        /** Weak comparison: equal, strong or not. */
        boolean hasWeak(EntityTag tag) {
            return tags.stream().anyMatch(each -> each.opaque.equals(tag.opaque));
        }

        boolean hasOnlyWeak() {
            return !any && tags.stream().allMatch(EntityTag::weak);
        }
    }

    /** Reads a field's value, or nothing when it is no single tag. */
    static Optional<EntityTag> read(String value) {
        return condition(List.of(value))
                .filter(condition -> !condition.any() && condition.tags().size() == 1)
                .map(condition -> condition.tags().getFirst());
    }

    /**
     * Reads the lines of If-Match or If-None-Match (RFC 9110 §13.1.1). A condition that cannot be read is never no condition:
     * that would take the lock away that the client asked for.
     *
     * @return nothing when they are malformed, longer than 8 KiB or more than 32
     */
    static Optional<Condition> condition(List<String> lines) {
        String text = String.join(",", lines);
        if (text.length() > LONGEST_LIST) {
            return Optional.empty();
        }
        if (text.strip().equals("*")) {
            return Optional.of(new Condition(true, List.of()));
        }
        List<EntityTag> tags = new ArrayList<>();
        int i = 0;
        boolean separated = true;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == ' ' || c == '\t') {
                i++;
            } else if (c == ',') {
                separated = true;
                i++;
            } else {
                boolean weak = text.startsWith("W/\"", i);
                int from = i + (weak ? 3 : 1);
                int end = (weak || c == '"') && separated ? text.indexOf('"', from) : -1;
                if (end < 0 || !isOpaque(text, from, end) || tags.size() == MOST) {
                    return Optional.empty();
                }
                tags.add(new EntityTag(weak, text.substring(from, end)));
                separated = false;
                i = end + 1;
            }
        }
        return tags.isEmpty() ? Optional.empty() : Optional.of(new Condition(false, List.copyOf(tags)));
    }

    private static boolean isOpaque(String text, int from, int end) {
        return text.substring(from, end).chars().allMatch(c -> c == 0x21 || (c >= 0x23 && c != 0x7f));
    }

    /** The answer's own strong tag. */
    static Optional<EntityTag> strongOf(Fields answer) {
        return read(answer.first("etag")).filter(tag -> !tag.weak);
    }

    /**
     * A tag of the representation's octets: keyed by tenant, so that equal content of two tenants has different tags, and with the
     * coding behind it, since each coding is a representation of its own.
     */
    static EntityTag digest(Octets tenantSecret, Fields answer, Octets body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(tenantSecret.bytes(), "HmacSHA256"));
            mac.update((answer.first("content-type") + '\n').getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            String tag = Octets.of(mac.doFinal(body.bytes())).base64Url();
            String coding = answer.first("content-encoding").strip();
            return new EntityTag(false, coding.isEmpty() ? tag : tag + "-" + coding.replaceAll("[^A-Za-z0-9]", ""));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has HmacSHA256", e);
        }
    }

    /** As it stands in a field. */
    String text() {
        return (weak ? "W/\"" : "\"") + opaque + '"';
    }
}
