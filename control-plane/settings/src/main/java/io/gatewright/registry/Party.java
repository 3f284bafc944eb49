package io.gatewright.registry;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who proposes or decides. Immutable.
 *
 * @param subject by which two are told apart
 * @param actor as the history names them
 * @param orgs whose documents they may write; null: every document
 * @param person false for a service account
 */
public record Party(String subject, String actor, @Nullable Set<String> orgs, boolean person) {
    public Party {
        orgs = orgs == null ? null : Set.copyOf(orgs);
    }
}
