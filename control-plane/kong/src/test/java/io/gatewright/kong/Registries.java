package io.gatewright.kong;

import io.gatewright.settings.Consistency;
import io.gatewright.settings.Document;
import io.gatewright.settings.Given;
import io.gatewright.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Valid registries for tests: two tenants, two modules, an issuer for all and one of a tenant. */
public final class Registries {
    private static final String ORDERS = """
        {"prefix":"/api/orders","upstream":{"endpoints":["orders.internal:8080"]},"routes":[
         {"name":"create","methods":["POST"],"path":"/"},{"name":"read","methods":["GET"],"path":"/{id}"},
         {"name":"line","methods":["GET"],"path":"/{id}/lines.csv"}]}""";
    private static final String BILLS = """
        {"prefix":"/api/orders/bills","upstream":{"endpoints":["a.internal:443","b.internal:443"],"tls":true},
         "routes":[{"name":"all","path":"/"}]}""";
    static final String KEYS = """
        {"keys":[{"kty":"EC","crv":"P-256","kid":"%s","alg":"ES256","use":"sig",
         "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}""";

    private Registries() {}

    /** These and what a test adds; of documents under one key the last one counts. */
    public static Settings with(Document... more) {
        List<Document> documents = new ArrayList<>(List.of(
                Given.document("org/acme", 1, "{\"name\":\"Acme\"}"),
                Given.document("tenant/acme-de", 2, "{\"org\":\"acme\",\"hosts\":[\"de.acme.example\"]}"),
                Given.document("tenant/acme-at", 3, "{\"org\":\"acme\"}"),
                Given.document("module/orders", 4, ORDERS),
                Given.document("module/bills", 5, BILLS),
                issuer("all", ""),
                issuer("own", ",\"tenant\":\"acme-de\""),
                Given.document("signing-keys/all", 6, KEYS.formatted("k-all")),
                Given.document("signing-keys/own", 6, KEYS.formatted("k-own")),
                Given.setting("global", "oidc.issuers", "[\"all\",\"own\"]")));
        documents.addAll(Arrays.asList(more));
        Settings settings = Settings.EMPTY.with(7, documents);
        Consistency consistency = Consistency.check(Settings.EMPTY, settings, documents);
        if (!consistency.invalid().isEmpty() || !consistency.conflicts().isEmpty()) {
            throw new IllegalArgumentException(consistency.toString());
        }
        return settings;
    }

    static Document issuer(String id, String more) {
        return Given.document(
                "issuer/" + id,
                1,
                "{\"issuer\":\"https://id.example.com/" + id + "\",\"audiences\":[\"api\"],\"algorithms\":[\"ES256\"]"
                        + more + "}");
    }

    public static Bundle bundle(Settings settings, Target target) {
        KongTranslator.Translation translation = KongTranslator.translate(settings, target);
        if (!translation.failures().isEmpty()) {
            throw new IllegalStateException(translation.failures().toString());
        }
        return translation.bundle();
    }

    static Entity find(Bundle bundle, EntityType type, String name) {
        return bundle.all()
                .filter(entity -> entity.type() == type && entity.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + type + " " + name));
    }

    static boolean has(Bundle bundle, EntityType type, String name) {
        return bundle.all()
                .anyMatch(entity -> entity.type() == type && entity.name().equals(name));
    }
}
