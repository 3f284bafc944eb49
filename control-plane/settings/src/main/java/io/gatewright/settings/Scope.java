package io.gatewright.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a setting counts: a who and a what. Immutable.
 *
 * <p>Written {@code global}, {@code module=orders}, {@code org=acme,module=orders},
 * {@code tenant=acme-de,route=orders/create}.
 */
public record Scope(Who who, What what) {
    public static final String FORMS =
            "global, or org=ID or tenant=ID, each alone or with ,module=ID or ,route=MODULE/ROUTE; or module=ID or route=MODULE/ROUTE";

    /** The scope written so, or empty when it is not of one of the {@link #FORMS}. */
    public static Optional<Scope> parse(String text) {
        if (text.equals("global")) {
            return Optional.of(new Scope(Who.GLOBAL, What.ANY));
        }
        String[] parts = text.split(",", -1);
        Optional<Who> who = parseWho(parts[0]);
        if (parts.length == 1) {
            return who.map(w -> new Scope(w, What.ANY))
                    .or(() -> parseWhat(parts[0]).map(w -> new Scope(Who.GLOBAL, w)));
        }
        return parts.length > 2
                ? Optional.empty()
                : who.flatMap(w -> parseWhat(parts[1]).map(what -> new Scope(w, what)));
    }

    /** The scopes that are looked at for a request, from broad to narrow: the narrower who, then the narrower what. */
    public static List<Scope> chain(String org, String tenant, What what) {
        List<Scope> chain = new ArrayList<>(9);
        for (Who who : List.of(Who.GLOBAL, new Who.Org(org), new Who.Tenant(tenant))) {
            whats(what).forEach(w -> chain.add(new Scope(who, w)));
        }
        return chain;
    }

    /**
     * The scopes that cover this one wholly, from broad to narrow, without itself.
     *
     * @param org of the tenant, when it is a known tenant's
     */
    List<Scope> broader(@Nullable String org) {
        List<Who> whos = new ArrayList<>(List.of(Who.GLOBAL));
        switch (who) {
            case Who.Global global -> {}
            case Who.Org own -> whos.add(own);
            case Who.Tenant tenant -> {
                if (org != null) {
                    whos.add(new Who.Org(org));
                }
                whos.add(tenant);
            }
        }
        List<Scope> broader = new ArrayList<>();
        whos.forEach(w -> whats(what).forEach(about -> broader.add(new Scope(w, about))));
        broader.remove(this);
        return broader;
    }

    /** Whether no scope is narrower. */
    boolean narrowest() {
        return who instanceof Who.Tenant && what instanceof What.Route;
    }

    private static List<What> whats(What narrowest) {
        return switch (narrowest) {
            case What.Any any -> List.of(any);
            case What.Module module -> List.of(What.ANY, module);
            case What.Route route -> List.of(What.ANY, new What.Module(route.module()), route);
        };
    }

    private static Optional<Who> parseWho(String text) {
        return value(text, "org")
                .<Who>map(Who.Org::new)
                .or(() -> value(text, "tenant").map(Who.Tenant::new));
    }

    private static Optional<What> parseWhat(String text) {
        Optional<What> module = value(text, "module").map(What.Module::new);
        if (module.isPresent() || !text.startsWith("route=")) {
            return module;
        }
        String[] names = text.substring("route=".length()).split("/", -1);
        return names.length == 2 && Ids.valid(names[0]) && Ids.valid(names[1])
                ? Optional.of(new What.Route(names[0], names[1]))
                : Optional.empty();
    }

    private static Optional<String> value(String text, String name) {
        String id = text.startsWith(name + "=") ? text.substring(name.length() + 1) : "";
        return Ids.valid(id) ? Optional.of(id) : Optional.empty();
    }

    @Override
    public String toString() {
        String whoText = switch (who) {
            case Who.Global g -> "";
            case Who.Org org -> "org=" + org.id();
            case Who.Tenant tenant -> "tenant=" + tenant.id();
        };
        String whatText = switch (what) {
            case What.Any any -> "";
            case What.Module module -> "module=" + module.id();
            case What.Route route -> "route=" + route.module() + "/" + route.name();
        };
        if (whoText.isEmpty() && whatText.isEmpty()) {
            return "global";
        }
        return whoText.isEmpty() || whatText.isEmpty() ? whoText + whatText : whoText + "," + whatText;
    }
}
