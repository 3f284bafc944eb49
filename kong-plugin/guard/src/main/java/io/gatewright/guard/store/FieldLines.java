package io.gatewright.guard.store;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Fields.Field;
import io.gatewright.guard.http.Octets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Fields as octets: {@code name:value} and a line feed each. Stateless. */
final class FieldLines {
    private FieldLines() {}

    static Octets write(Fields fields) {
        StringBuilder text = new StringBuilder();
        for (Field line : fields.lines()) {
            text.append(line.name()).append(':').append(line.value()).append('\n');
        }
        return Octets.of(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    static Fields read(Octets octets) {
        List<Field> lines = new ArrayList<>();
        String text = new String(octets.bytes(), StandardCharsets.ISO_8859_1);
        for (int from = 0; from < text.length(); ) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            int colon = text.indexOf(':', from);
            if (colon > from && colon < end) {
                lines.add(new Field(text.substring(from, colon), text.substring(colon + 1, end)));
            }
            from = end + 1;
        }
        return new Fields(lines);
    }
}
