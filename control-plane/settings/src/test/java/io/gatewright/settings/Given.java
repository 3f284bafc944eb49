package io.gatewright.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** Documents for tests, written short. */
public final class Given {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static final String ORDERS = """
        {"prefix":"/orders","upstream":{"endpoints":["orders.internal:8080"]},"routes":[
         {"name":"create","methods":["POST"],"path":"/","flags":["deduplicates"]},{"name":"read","path":"/{id}"}]}""";

    static final String ISSUER = """
        {"issuer":"https://id.example.com/realm","audiences":["orders"]}""";

    private Given() {}

    public static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    static DocumentKey key(String key) {
        int slash = key.indexOf('/');
        return new DocumentKey(Kind.of(key.substring(0, slash)).orElseThrow(), key.substring(slash + 1));
    }

    public static Document document(String key, long version, String body) {
        List<Problem> problems = new ArrayList<>();
        Body read = BodyFormat.read(key(key), json(body), problems);
        if (read == null) {
            throw new IllegalArgumentException(problems.toString());
        }
        return new Document(key(key), version, read);
    }

    public static Document setting(String scope, String key, String value) {
        return document("setting/" + scope + "/" + key, 1, "{\"value\":" + value + "}");
    }

    public static Document removed(String key) {
        return new Document(key(key), 1, null);
    }

    /** What is wrong with a body. */
    static List<Problem> problems(String key, String body) {
        List<Problem> problems = new ArrayList<>();
        BodyFormat.read(key(key), json(body), problems);
        return problems;
    }

    /** Two orgs, three tenants, two modules, an issuer, and these. */
    public static Settings settings(Document... more) {
        List<Document> documents = new ArrayList<>(List.of(
                document("org/acme", 1, "{\"name\":\"Acme\"}"),
                document("org/beta", 1, "{\"name\":\"Beta\"}"),
                document("tenant/acme-de", 1, "{\"org\":\"acme\",\"hosts\":[\"de.acme.example\"]}"),
                document("tenant/acme-at", 1, "{\"org\":\"acme\"}"),
                document("tenant/beta-ch", 1, "{\"org\":\"beta\"}"),
                document("module/orders", 1, ORDERS),
                document("module/bills", 1, ORDERS.replace("/orders", "/bills")),
                document("issuer/main", 1, ISSUER)));
        documents.addAll(List.of(more));
        return Settings.EMPTY.with(1, documents);
    }
}
