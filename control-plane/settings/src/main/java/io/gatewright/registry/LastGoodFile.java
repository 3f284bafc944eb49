package io.gatewright.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.audit.AuditChain;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The settings that were last known to be good, kept on disk for a start without Postgres. One writer at a time.
 *
 * <p>JSON lines: {@code {"format":1,"revision":…,"hash":…}}, one {@code {"kind","id","version","body"}} per document, and
 * {@code {"sha256":…}} over all bytes before it. Replaced as a whole, so a reader sees the old or the new one.
 */
final class LastGoodFile {
    private static final int FORMAT = 1;

    private LastGoodFile() {}

    static void write(Path path, Known known) throws IOException {
        Path absolute = path.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory == null) {
            throw new IOException(path + " is not a file in a directory");
        }
        Files.createDirectories(directory);
        Path temporary = Files.createTempFile(directory, absolute.getFileName() + ".", ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                write(out, known);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void write(OutputStream out, Known known) throws IOException {
        MessageDigest sha256 = AuditChain.sha256();
        DigestOutputStream digested = new DigestOutputStream(out, sha256);
        line(
                digested,
                Json.object()
                        .put("format", FORMAT)
                        .put("revision", known.settings().revision())
                        .put("hash", known.hash()));
        for (Document document : Known.allDocuments(known.settings())) {
            if (document.body() != null) {
                ObjectNode json = Json.object()
                        .put("kind", document.key().kind().wireName())
                        .put("id", document.key().id())
                        .put("version", document.version());
                json.set("body", BodyFormat.write(document.body()));
                line(digested, json);
            }
        }
        line(out, Json.object().put("sha256", HexFormat.of().formatHex(sha256.digest())));
    }

    private static void line(OutputStream out, JsonNode json) throws IOException {
        out.write((json + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the file.
     *
     * @throws IOException when it is not there or damaged; the message says which
     */
    static Known read(Path path) throws IOException {
        String text = Files.readString(path);
        int trailer = text.lastIndexOf('\n', text.length() - 2) + 1;
        MessageDigest sha256 = AuditChain.sha256();
        sha256.update(text.substring(0, trailer).getBytes(StandardCharsets.UTF_8));
        try {
            String expected = HexFormat.of().formatHex(sha256.digest());
            if (!Json.parse(text.substring(trailer)).path("sha256").asText().equals(expected)) {
                throw new IOException("its checksum does not fit");
            }
            return known(text.substring(0, trailer).lines().toList());
        } catch (JsonProcessingException e) {
            throw new IOException("it is cut off or no JSON", e);
        }
    }

    private static Known known(List<String> lines) throws IOException {
        JsonNode header = Json.parse(lines.getFirst());
        if (header.path("format").asInt() != FORMAT) {
            throw new IOException("it has format " + header.path("format") + ", this version reads " + FORMAT);
        }
        List<Document> documents = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            JsonNode json = Json.parse(line);
            Kind kind = Kind.of(json.path("kind").asText())
                    .orElseThrow(() -> new IOException("it holds a kind of document that this version does not know"));
            Document document = WhenUnreadable.SKIP.document(
                    new DocumentKey(kind, json.path("id").asText()),
                    json.path("version").asLong(),
                    json.path("body"));
            if (document != null) {
                documents.add(document);
            }
        }
        return new Known(
                Settings.EMPTY.with(header.path("revision").asLong(), documents),
                header.path("hash").asText());
    }
}
