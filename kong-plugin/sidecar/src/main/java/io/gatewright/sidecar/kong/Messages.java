package io.gatewright.sidecar.kong;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Fields.Field;
import io.gatewright.guard.http.Reply;
import io.gatewright.pdk.Headers;
import io.gatewright.pdk.Outcome;
import java.util.ArrayList;
import java.util.List;

/** Between Kong's headers and the guard's. Stateless. */
final class Messages {
    static final String CORRELATION = "x-correlation-id";

    private Messages() {}

    static Fields fields(Headers headers) {
        List<Field> lines = new ArrayList<>();
        for (String name : headers.names()) {
            headers.all(name).forEach(value -> lines.add(new Field(name, value)));
        }
        return new Fields(lines);
    }

    static Headers headers(Fields fields) {
        Headers headers = Headers.none();
        for (Field line : fields.lines()) {
            headers = headers.with(line.name(), line.value());
        }
        return headers;
    }

    /** @param correlationId empty where another plugin gives the request one */
    static Outcome exit(Reply reply, String correlationId) {
        Fields fields =
                correlationId.isEmpty() ? reply.fields() : reply.fields().with(CORRELATION, correlationId);
        return Outcome.exit(reply.status(), headers(fields), reply.body().bytes());
    }
}
