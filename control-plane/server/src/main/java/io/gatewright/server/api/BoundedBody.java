package io.gatewright.server.api;

import io.gatewright.settings.Problem;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A request's body up to a limit; reading beyond it is a {@link Refusal}. One thread at a time. */
final class BoundedBody extends FilterInputStream {
    private final int limitBytes;
    private long left;

    private BoundedBody(InputStream body, int limitBytes) {
        super(body);
        this.limitBytes = limitBytes;
        this.left = limitBytes;
    }

    /**
     * Bounds the body of a request.
     *
     * @throws Refusal at once when the request announces a larger one
     */
    static void put(ContainerRequestContext request, int limitBytes) {
        String announced = request.getHeaderString("Content-Length");
        if (announced != null && announced.matches("[0-9]{1,18}") && Long.parseLong(announced) > limitBytes) {
            throw tooLarge(limitBytes);
        }
        request.setEntityStream(new BoundedBody(request.getEntityStream(), limitBytes));
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        count(Math.max(0, read));
        return read;
    }

    private void count(int bytes) {
        left -= bytes;
        if (left < 0) {
            throw tooLarge(limitBytes);
        }
    }

    private static Refusal tooLarge(int limitBytes) {
        return Refusal.of(
                ProblemType.BODY_TOO_LARGE,
                new Problem("body", "has more than " + limitBytes + " bytes", "send it in several change sets"));
    }
}
