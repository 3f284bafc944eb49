package io.gatewright.kong;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A bundle for a Kong without a database, as {@code POST /config} and {@code declarative_config} take it: JSON, an entity at
 * the top on each line. Immutable.
 *
 * @param hash MD5 of exactly these bytes, which such a Kong shows as {@code configuration_hash}
 */
public record DblessDocument(String text, String hash) {

    public static DblessDocument of(Bundle bundle) {
        StringBuilder text = new StringBuilder("{\"_comment\":\"")
                .append("gatewright revision ")
                .append(bundle.revision())
                .append(" sha256:")
                .append(bundle.digest())
                .append("\",\n\"_format_version\":\"3.0\"");
        bundle.lines()
                .collect(Collectors.groupingBy(line -> line.entity().type(), TreeMap::new, Collectors.toList()))
                .forEach((type, lines) -> append(text, type, lines));
        text.append("}\n");
        return new DblessDocument(text.toString(), md5(text.toString()));
    }

    private static void append(StringBuilder text, EntityType type, List<Bundle.Line> lines) {
        text.append(",\n\"").append(type.list()).append("\":[");
        for (int i = 0; i < lines.size(); i++) {
            text.append(i == 0 ? "\n" : ",\n").append(lines.get(i).text());
        }
        text.append(']');
    }

    private static String md5(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has MD5", e);
        }
    }
}
