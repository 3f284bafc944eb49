package io.gatewright.gateway;

import io.gatewright.settings.Consistency;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Settings by chance, such as a change set could write. Stateless. */
final class GeneratedPolicy {
    private static final List<String> SCOPES = List.of(
            "global",
            "module=orders",
            "route=orders/create",
            "module=reports",
            "org=acme",
            "org=acme,route=orders/line",
            "org=beta",
            "tenant=a",
            "tenant=a,module=orders",
            "tenant=a,route=orders/create",
            "tenant=b",
            "tenant=b,module=customers",
            "tenant=b,route=orders/line",
            "tenant=other",
            "tenant=single");

    private static final List<String> BODIES = List.of(
            "oidc.required {'value':false}",
            "oidc.required {'value':true}",
            "oidc.required {'value':false,'locked':true}",
            "oidc.issuers {'value':['foreign']}",
            "oidc.issuers {'value':['foreign','!main']}",
            "oidc.issuers {'value':['fixed']}",
            "oidc.issuers {'value':['!main']}",
            "headers.required {'value':['x-client']}",
            "headers.required {'value':['X-Client','x-version']}",
            "headers.required {'value':['!x-client']}",
            "headers.required {'value':['x-client'],'locked':true}",
            "headers.required {'value':['x-user-id']}",
            "headers.required {'value':['authorization','x-correlation-id']}",
            "body.max-bytes {'value':10}",
            "body.max-bytes {'value':2000}",
            "body.max-bytes {'max':10}",
            "body.max-bytes {'value':2500,'locked':true}",
            "body.max-bytes {'min':2800}",
            "cors.allowed-origins {'value':['https://page.example.com']}",
            "cors.allowed-origins {'value':['https://*.wild.example.com']}",
            "cors.allowed-origins {'value':['!https://page.example.com','http://page.example.com:8080']}",
            "correlation.accept {'value':'never'}",
            "correlation.accept {'value':'uuid-or-ulid'}",
            "rate-limit.requests {'value':700000}",
            "rate-limit.requests {'max':500000}",
            "rate-limit.mode {'value':'off'}",
            "rate-limit.mode {'value':'shadow'}");

    private GeneratedPolicy() {}

    /** Settings that the registry would take on top of these. */
    static List<Document> on(Settings base, Random random) {
        List<Document> written = new ArrayList<>();
        Set<String> named = new HashSet<>();
        for (int tries = 4 + random.nextInt(20); tries > 0; tries--) {
            String[] body = BODIES.get(random.nextInt(BODIES.size())).split(" ", 2);
            String id = SCOPES.get(random.nextInt(SCOPES.size())) + "/" + body[0];
            boolean narrowest = id.startsWith("tenant=") && id.contains(",route=");
            String json = narrowest ? body[1].replace(",'locked':true", "") : body[1];
            if ((narrowest && !json.contains("'value'")) || base.get(key(id)) != null || !named.add(id)) {
                continue;
            }
            written.add(Documents.of(Kind.SETTING, id, json.replace('\'', '"')));
            if (!Consistency.check(base, base.with(base.revision() + 1, written), written)
                    .invalid()
                    .isEmpty()) {
                written.removeLast();
            }
        }
        return written;
    }

    private static io.gatewright.settings.DocumentKey key(String id) {
        return new io.gatewright.settings.DocumentKey(Kind.SETTING, id);
    }
}
