package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.List;

/** Text for a terminal. Stateless. */
final class Text {
    private Text() {}

    /** The same without control characters, so that no stored text moves the cursor or changes colours. */
    static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }

    /** A JSON value in the shortest form a person reads: text without quotes, nothing for null. */
    static String cell(JsonNode value) {
        if (value.isMissingNode() || value instanceof NullNode) {
            return "";
        }
        return printable(value.isValueNode() ? value.asText() : value.toString());
    }

    /** A document's body in that form, the value alone when it is all that a setting says. */
    static String body(JsonNode body) {
        return cell(body.size() == 1 && body.has("value") ? body.path("value") : body);
    }

    /** A document as the registry names it: {@code tenant/acme-de}. */
    static String name(JsonNode document) {
        return cell(document.path("kind")) + "/" + cell(document.path("id"));
    }

    /** Who is held at a last good state, and why. */
    static String held(JsonNode held) {
        String tenant = cell(held.path("tenant"));
        return (tenant.equals("*") ? "what all tenants share" : tenant) + " is held at the last good state"
                + (held.has("node") ? " at " + cell(held.path("node")) : "") + ": " + cell(held.path("reason"));
    }

    /** Columns as wide as their widest cell, the last one as it is. */
    static String table(List<String> heads, List<List<String>> rows) {
        List<List<String>> all = new ArrayList<>();
        all.add(heads);
        all.addAll(rows);
        int[] widths = new int[heads.size()];
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
