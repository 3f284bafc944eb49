package io.gatewright.kong;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that a Kong shall run. Immutable; equal settings give equal bundles, whichever revision they were reached at.
 *
 * <p>Its revision is the newest one that anything in it stems from, not the registry's: a change that is nothing to Kong
 * changes nothing here, and so reloads no Kong.
 */
public final class Bundle {
    private final List<Line> lines;
    private final long revision;
    private final String digest;

    /** A top-level entity and its text, which is made once. */
    record Line(Entity entity, String text) {
        static Line of(Entity entity) {
            return new Line(entity, Json.write(entity.json()));
        }
    }

    private Bundle(List<Line> lines) {
        this.lines = lines;
        this.revision =
                lines.stream().mapToLong(line -> newest(line.entity())).max().orElse(0);
        MessageDigest sha256 = sha256();
        for (Line line : lines) {
            sha256.update(line.entity().type().list().getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) ' ');
            sha256.update(line.text().getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) '\n');
        }
        this.digest = HexFormat.of().formatHex(sha256.digest());
    }

    static Bundle of(Collection<Entity> entities) {
        return sorted(entities.stream().map(Line::of));
    }

    private static Bundle sorted(Stream<Line> lines) {
        return new Bundle(
                lines.sorted(Comparator.comparing((Line line) -> line.entity().type())
                                .thenComparing(line -> line.entity().name()))
                        .toList());
    }

    /** The newest revision that anything in it stems from; 0 when it is empty. */
    public long revision() {
        return revision;
    }

    /** SHA-256 of everything but the beacon, in hexadecimal. */
    public String digest() {
        return digest;
    }

    /** What the beacon says where this bundle is served. */
    public String beaconAnswer() {
        return Beacon.answer(revision, digest);
    }

    /** The path of the beacon on the proxy's port. */
    public static String beaconPath() {
        return Beacon.PATH;
    }

    /** The entities at the top, the beacon among them. */
    public List<Entity> entities() {
        return lines().map(Line::entity).toList();
    }

    Stream<Line> lines() {
        return Stream.concat(lines.stream(), Stream.of(Line.of(Beacon.route(revision, digest))))
                .sorted(Comparator.comparing((Line line) -> line.entity().type())
                        .thenComparing(line -> line.entity().name()));
    }

    /** All entities, those that lie in others too. */
    public Stream<Entity> all() {
        return lines().map(Line::entity).flatMap(Bundle::withChildren);
    }

    /** Whose entities it has. */
    public SortedSet<String> tenants() {
        return lines.stream()
                .flatMap(line -> Stream.ofNullable(line.entity().provenance().tenant()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** This with the entities of some tenants as another bundle has them; a tenant that has none there has none here. */
    public Bundle withTenantsOf(Bundle other, Set<String> tenants) {
        List<Line> mixed = new ArrayList<>();
        lines.stream().filter(line -> !owned(line, tenants)).forEach(mixed::add);
        other.lines.stream().filter(line -> owned(line, tenants)).forEach(mixed::add);
        return sorted(mixed.stream());
    }

    /** A bundle without anything. */
    public static Bundle empty() {
        return new Bundle(List.of());
    }

    private static boolean owned(Line line, Set<String> tenants) {
        String tenant = line.entity().provenance().tenant();
        return tenant != null && tenants.contains(tenant);
    }

    private static Stream<Entity> withChildren(Entity entity) {
        return Stream.concat(Stream.of(entity), entity.children().stream().flatMap(Bundle::withChildren));
    }

    private static long newest(Entity entity) {
        return withChildren(entity)
                .mapToLong(each -> each.provenance().revision())
                .max()
                .orElse(0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
