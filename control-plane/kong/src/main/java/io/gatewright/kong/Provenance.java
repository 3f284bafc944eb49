package io.gatewright.kong;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where an entity comes from, as its tags tell. Immutable. Kong allows neither commas nor slashes in tags; scopes are
 * written with {@code ;} and {@code :} in their place, which no id can have.
 *
 * @param revision the newest one of the documents that made it
 * @param tenant whose it is; null: everybody's
 * @param module null: it belongs to none
 * @param settings ids of the settings that had a say, {@code <scope>/<key>}
 */
public record Provenance(
        long revision, @Nullable String tenant, @Nullable String module, SortedSet<String> settings) {
    /** What every entity is tagged with, and decK selects by. */
    public static final String SELECT = "gatewright";

    private static final String REVISION = SELECT + "-rev:";
    private static final String TENANT = SELECT + "-tenant:";
    private static final String MODULE = SELECT + "-module:";
    private static final String SETTING = SELECT + "-setting:";

    static Provenance of(Sources sources, @Nullable String tenant, @Nullable String module) {
        return new Provenance(sources.revision(), tenant, module, sources.settings());
    }

    List<String> tags() {
        List<String> tags = new ArrayList<>();
        tags.add(SELECT);
        if (module != null) {
            tags.add(MODULE + module);
        }
        tags.add(REVISION + revision);
        settings.forEach(setting -> tags.add(SETTING + encoded(setting)));
        if (tenant != null) {
            tags.add(TENANT + tenant);
        }
        return tags;
    }

    /** What tags of a bundle's entity say, in any order; empty when they are not of one. */
    public static Optional<Provenance> parse(List<String> tags) {
        if (!tags.contains(SELECT)) {
            return Optional.empty();
        }
        TreeSet<String> settings = new TreeSet<>();
        long revision = 0;
        String tenant = null;
        String module = null;
        for (String tag : tags) {
            if (tag.startsWith(REVISION) && tag.substring(REVISION.length()).matches("[0-9]{1,18}")) {
                revision = Long.parseLong(tag.substring(REVISION.length()));
            } else if (tag.startsWith(TENANT)) {
                tenant = tag.substring(TENANT.length());
            } else if (tag.startsWith(MODULE)) {
                module = tag.substring(MODULE.length());
            } else if (tag.startsWith(SETTING)) {
                settings.add(tag.substring(SETTING.length()).replace(';', ',').replace(':', '/'));
            }
        }
        return Optional.of(new Provenance(revision, tenant, module, settings));
    }

    private static String encoded(String setting) {
        return setting.replace(',', ';').replace('/', ':');
    }
}
