package io.gatewright.settings;

import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Setting;
import io.gatewright.settings.Body.Tenant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * All documents at one revision, with what is needed to resolve them. Immutable; a successor shares all that did not
 * change, so {@link #with} costs what the change is, not what there is.
 */
public final class Settings {
    /** No documents, before the first revision. */
    public static final Settings EMPTY =
            new Settings(0, HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty());

    private final long revision;
    private final PMap<Kind, PMap<String, Document>> documents;
    private final PMap<Who, PMap<What, ScopeSettings>> scopes;
    private final PMap<String, PSet<DocumentKey>> referrers;

    private Settings(
            long revision,
            PMap<Kind, PMap<String, Document>> documents,
            PMap<Who, PMap<What, ScopeSettings>> scopes,
            PMap<String, PSet<DocumentKey>> referrers) {
        this.revision = revision;
        this.documents = documents;
        this.scopes = scopes;
        this.referrers = referrers;
    }

    /** The revision, 0 for {@link #EMPTY}. */
    public long revision() {
        return revision;
    }

    /** The state after {@code changed} was written in {@code newRevision}; a null body removes. Checks nothing. */
    public Settings with(long newRevision, Collection<Document> changed) {
        Settings next = new Settings(newRevision, documents, scopes, referrers);
        for (Document document : changed) {
            next = next.without(document.key());
            if (document.body() != null) {
                next = next.plus(document, document.body());
            }
        }
        return next;
    }

    private Settings plus(Document document, Body body) {
        DocumentKey key = document.key();
        PMap<String, PSet<DocumentKey>> references = referrers;
        for (String reference : References.of(body)) {
            references = references.plus(
                    reference,
                    references.getOrDefault(reference, HashTreePSet.empty()).plus(key));
        }
        PMap<Who, PMap<What, ScopeSettings>> scoped = scopes;
        if (body instanceof Setting setting) {
            scoped = replaced(setting.scope(), at(setting.scope()).plus(document, setting));
        }
        PMap<String, Document> ofKind = documents.getOrDefault(key.kind(), HashTreePMap.empty());
        return new Settings(revision, documents.plus(key.kind(), ofKind.plus(key.id(), document)), scoped, references);
    }

    private Settings without(DocumentKey key) {
        Document old = get(key);
        if (old == null || old.body() == null) {
            return this;
        }
        PMap<String, PSet<DocumentKey>> references = referrers;
        for (String reference : References.of(old.body())) {
            PSet<DocumentKey> rest =
                    references.getOrDefault(reference, HashTreePSet.empty()).minus(key);
            references = rest.isEmpty() ? references.minus(reference) : references.plus(reference, rest);
        }
        PMap<Who, PMap<What, ScopeSettings>> scoped = scopes;
        if (old.body() instanceof Setting setting) {
            scoped = replaced(setting.scope(), at(setting.scope()).minus(setting.key()));
        }
        PMap<String, Document> ofKind = ofKind(key.kind()).minus(key.id());
        return new Settings(revision, documents.plus(key.kind(), ofKind), scoped, references);
    }

    /** The document, or null. */
    public @Nullable Document get(DocumentKey key) {
        return ofKind(key.kind()).get(key.id());
    }

    /** The body of that document if it exists and is of that type, or null. */
    public <B extends Body> @Nullable B body(Class<B> type, Kind kind, String id) {
        Document document = ofKind(kind).get(id);
        return document == null ? null : type.cast(document.body());
    }

    /** All documents of a kind, sorted by id. */
    public List<Document> all(Kind kind) {
        return ofKind(kind).values().stream()
                .sorted(Comparator.comparing(d -> d.key().id()))
                .toList();
    }

    /** The ids of all documents of a kind, in no order. */
    public Set<String> ids(Kind kind) {
        return ofKind(kind).keySet();
    }

    /** The tenants of an organisation. */
    public Set<String> tenantsOf(String org) {
        return referrers.getOrDefault("org/" + org, HashTreePSet.empty()).stream()
                .filter(key -> key.kind() == Kind.TENANT)
                .map(DocumentKey::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Who holds a reference, see {@link References}. */
    Set<DocumentKey> referrers(String reference) {
        return referrers.getOrDefault(reference, HashTreePSet.empty());
    }

    boolean defines(String reference) {
        String[] parts = reference.split("/", 3);
        if (parts[0].equals("route")) {
            Module module = body(Module.class, Kind.MODULE, parts[1]);
            return module != null && module.route(parts[2]) != null;
        }
        return Kind.of(parts[0]).map(kind -> ofKind(kind).containsKey(parts[1])).orElse(false);
    }

    /** The document that sets a key at a scope, or null. */
    @Nullable
    Document setting(Scope scope, Key<?> key) {
        return at(scope).get(key);
    }

    /** Whether anything is set at a scope whose what is this one, for that tenant, its org, or everybody. */
    public boolean hasOwn(String tenant, What what) {
        return chain(tenant, what).stream()
                .anyMatch(scope -> scope.what().equals(what) && !at(scope).isEmpty());
    }

    /**
     * The values that count for a tenant's requests on a module, a route, or anywhere.
     *
     * @throws IllegalArgumentException when there is no such tenant
     */
    public Effective effective(String tenant, What what) {
        Effective.Builder effective = new Effective.Builder();
        for (Scope scope : chain(tenant, what)) {
            at(scope).forEach(effective::narrow);
        }
        return effective.build();
    }

    /** The values that count where no tenant is known. */
    public Effective global() {
        Effective.Builder effective = new Effective.Builder();
        at(new Scope(Who.GLOBAL, What.ANY)).forEach(effective::narrow);
        return effective.build();
    }

    /**
     * Why a key has its value for a tenant's requests.
     *
     * @throws IllegalArgumentException when there is no such tenant
     */
    public Explanation explain(String tenant, What what, Key<?> key) {
        return Explanation.of(this, chain(tenant, what), key);
    }

    /**
     * The settings that have a say in these keys for a tenant's requests, from broad to narrow for each key: without those
     * that a narrower one replaces or a lock keeps out.
     *
     * @throws IllegalArgumentException when there is no such tenant
     */
    public List<Document> sources(String tenant, What what, Collection<Key<?>> keys) {
        List<Scope> chain = chain(tenant, what);
        List<Document> sources = new ArrayList<>();
        for (Key<?> key : keys) {
            List<Document> counting = new ArrayList<>();
            for (Scope scope : chain) {
                Document document = at(scope).get(key);
                if (document != null && document.body() instanceof Setting setting) {
                    if (setting.value() != null && key.type().mergeRule().equals("replace")) {
                        counting.removeIf(broader -> !restricts(broader));
                    }
                    counting.add(document);
                    if (setting.restriction().locked()) {
                        break;
                    }
                }
            }
            sources.addAll(counting);
        }
        return sources;
    }

    private static boolean restricts(Document document) {
        return document.body() instanceof Setting setting
                && setting.restriction().restricts();
    }

    /** The scopes that cover this one wholly, from broad to narrow. */
    List<Scope> broader(Scope scope) {
        Tenant tenant = scope.who() instanceof Who.Tenant who ? body(Tenant.class, Kind.TENANT, who.id()) : null;
        return scope.broader(tenant == null ? null : tenant.org());
    }

    private List<Scope> chain(String tenantId, What what) {
        Tenant tenant = body(Tenant.class, Kind.TENANT, tenantId);
        if (tenant == null) {
            throw new IllegalArgumentException("There is no tenant " + tenantId);
        }
        return Scope.chain(tenant.org(), tenantId, what);
    }

    private ScopeSettings at(Scope scope) {
        return scopes.getOrDefault(scope.who(), HashTreePMap.empty()).getOrDefault(scope.what(), ScopeSettings.EMPTY);
    }

    /** The scopes with what is set at one of them replaced. */
    private PMap<Who, PMap<What, ScopeSettings>> replaced(Scope scope, ScopeSettings replacement) {
        PMap<What, ScopeSettings> whats = scopes.getOrDefault(scope.who(), HashTreePMap.empty());
        whats = replacement.isEmpty() ? whats.minus(scope.what()) : whats.plus(scope.what(), replacement);
        return whats.isEmpty() ? scopes.minus(scope.who()) : scopes.plus(scope.who(), whats);
    }

    private PMap<String, Document> ofKind(Kind kind) {
        return documents.getOrDefault(kind, HashTreePMap.empty());
    }
}
