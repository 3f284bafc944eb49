package io.gatewright.server.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls. Immutable.
 *
 * @param subject as the issuer knows the caller; never reused for somebody else
 * @param name for people to read, or null
 * @param roles may be empty
 * @param orgs whose documents the caller may write or approve; null: every document
 * @param person false for a service account
 */
public record Caller(
        String subject,
        @Nullable String name,
        Set<Role> roles,
        @Nullable Set<String> orgs,
        boolean person) {
    /** Whoever holds the token of this machine. */
    public static final Caller LOCAL = new Caller("local", null, Set.of(Role.values()), null, true);

    public Caller {
        roles = Set.copyOf(roles);
        orgs = orgs == null ? null : Set.copyOf(orgs);
    }

    /** How the history names the caller: {@code subject}, or {@code subject (name)}. */
    public String actor() {
        return name == null || name.equals(subject) ? subject : subject + " (" + name + ")";
    }

    /** Whether there is nobody who could be the second person. */
    public boolean alone() {
        return equals(LOCAL);
    }
}
