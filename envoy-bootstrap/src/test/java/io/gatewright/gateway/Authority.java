package io.gatewright.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority for a test, by the JDK's keytool. One thread at a time. */
final class Authority {
    private static final String PASSWORD = "changeit";
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private final Path store;
    private final String name;

    /** @param directory gets its key store */
    Authority(Path directory, String name) throws IOException, InterruptedException {
        this.store = Files.createDirectories(directory).resolve(name + ".p12");
        this.name = name;
        keytool(name, "-ext", "bc:c");
    }

    /**
     * Issues a certificate into {@code tls.crt} and {@code tls.key} of that directory, and the authority's own into
     * {@code ca.crt}. Each file comes by a rename, after which Envoy looks again.
     *
     * @param alternativeName such as {@code dns:edge-1}
     */
    Path issue(Path directory, String alias, String alternativeName)
            throws IOException, InterruptedException, GeneralSecurityException {
        keytool(alias, "-signer", name, "-ext", "san=" + alternativeName);
        KeyStore keys = load();
        Files.createDirectories(directory);
        move(
                directory,
                "tls.key",
                pem("PRIVATE KEY", keys.getKey(alias, PASSWORD.toCharArray()).getEncoded()));
        StringBuilder chain = new StringBuilder();
        for (Certificate certificate : keys.getCertificateChain(alias)) {
            chain.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        move(directory, "tls.crt", chain.toString());
        move(directory, "ca.crt", pem("CERTIFICATE", keys.getCertificate(name).getEncoded()));
        return directory;
    }

    /** A connection by TLS to a port of this machine, with a server of this authority whose name is {@code host}. */
    SSLSocket connect(int port, String host) throws IOException {
        try {
            return connected(port, host);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private SSLSocket connected(int port, String host) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(name, load().getCertificate(name));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        java.net.Socket plain = new java.net.Socket(InetAddress.getLoopbackAddress(), port);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private KeyStore load() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private void keytool(String alias, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + alias,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n" + LINES.encodeToString(der) + "\n-----END " + type + "-----\n";
    }

    private static void move(Path directory, String file, String content) throws IOException {
        Path next = Files.writeString(directory.resolve(file + ".next"), content);
        Files.move(next, directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }
}
