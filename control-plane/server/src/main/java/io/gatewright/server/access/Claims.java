package io.gatewright.server.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a token says what. Immutable. A claim is named by its name, or by a path of names with dots between them.
 *
 * @param roles holds a list of role names, or one text with blanks between them
 * @param rolePrefix stands before {@code viewer}, {@code editor}, {@code approver}, {@code auditor}; may be empty
 * @param orgs holds the ids of the orgs whose documents the caller may write, {@value #ALL_ORGS} for all; empty: callers are
 *     not limited to orgs
 * @param name the caller's name for people
 */
public record Claims(String roles, String rolePrefix, String orgs, String name) {
    static final String ALL_ORGS = "*";

    /** OpenID Connect Core §2: at most 255 ASCII characters. Blanks and control characters would make a history unclear. */
    private static final Pattern SUBJECT = Pattern.compile("[\\x21-\\x7e]{1,255}");

    /** No parentheses: they set the name apart from the subject. */
    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[^\\p{L}\\p{N} ._@'+-]");

    private static final int LONGEST_NAME = 64;

    /** Keycloak and RFC 9068 say of what kind a token is; others say nothing. */
    private static final Set<String> ACCESS_TOKENS = Set.of("bearer", "jwt", "at+jwt", "dpop");

    /**
     * The caller of a verified token.
     *
     * @return empty when the token is none for an API, such as an ID token, or names nobody
     */
    public Optional<Caller> caller(JsonNode claims) {
        String subject = claims.path("sub").asText();
        JsonNode type = claims.path("typ");
        boolean accessToken =
                !type.isTextual() || ACCESS_TOKENS.contains(type.textValue().toLowerCase(Locale.ROOT));
        boolean idToken = claims.has("at_hash"); // OpenID Connect Core §3.1.3.6: only an ID token has it
        if (!accessToken || idToken || !SUBJECT.matcher(subject).matches()) {
            return Optional.empty();
        }
        return Optional.of(
                new Caller(subject, nameOf(claims), rolesOf(claims), orgsOf(claims), isPerson(claims, subject)));
    }

    private Set<Role> rolesOf(JsonNode claims) {
        Set<Role> found = EnumSet.noneOf(Role.class);
        List<String> names = texts(at(claims, roles));
        for (Role role : Role.values()) {
            if (names.contains(rolePrefix + role.wireName())) {
                found.add(role);
            }
        }
        return found;
    }

    /** A token that lacks the claim may write nothing: an issuer that forgot it must not make everybody unlimited. */
    private @Nullable Set<String> orgsOf(JsonNode claims) {
        if (orgs.isEmpty()) {
            return null;
        }
        Set<String> ids = new HashSet<>(texts(at(claims, orgs)));
        return ids.contains(ALL_ORGS) ? null : ids;
    }

    private @Nullable String nameOf(JsonNode claims) {
        String text = name.isEmpty() ? "" : at(claims, name).asText();
        String clean = NOT_IN_A_NAME.matcher(text).replaceAll("").strip();
        return clean.isEmpty() ? null : clean.substring(0, Math.min(clean.length(), LONGEST_NAME));
    }

    /**
     * A token of the client credentials grant speaks for the client: its subject is the client (RFC 9068 §2.2), Keycloak
     * names the user after the client, Auth0 and Entra say so in a claim.
     */
    private static boolean isPerson(JsonNode claims, String subject) {
        return !claims.path("preferred_username").asText().startsWith("service-account-")
                && !claims.path("gty").asText().equals("client-credentials")
                && !claims.path("idtyp").asText().equals("app")
                && !subject.equals(claims.path("azp").asText())
                && !subject.equals(claims.path("client_id").asText());
    }

    private static JsonNode at(JsonNode claims, String path) {
        JsonNode whole = claims.path(path);
        if (!whole.isMissingNode()) {
            return whole;
        }
        JsonNode found = claims;
        for (String part : path.split("\\.", -1)) {
            found = found.path(part);
        }
        return found;
    }

    private static List<String> texts(JsonNode claim) {
        List<String> texts = new ArrayList<>();
        if (claim.isTextual()) {
            texts.addAll(List.of(claim.textValue().strip().split("\\s+")));
        }
        claim.forEach(entry -> texts.add(entry.asText()));
        return texts;
    }
}
