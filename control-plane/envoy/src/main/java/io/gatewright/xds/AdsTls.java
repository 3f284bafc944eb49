package io.gatewright.xds;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * TLS in both directions for the ADS: who connects must have a certificate of one of our authorities, and may only be a node
 * that the certificate names. All files are PEM and are read again when they change. Immutable.
 *
 * @param certificate the server's chain
 * @param key its private key, PKCS #8
 * @param authorities who signs the certificates of nodes; they need not be known to anybody else
 * @param nodes ids of nodes that may connect; one that ends in {@code *} stands for all that begin so
 */
public record AdsTls(Path certificate, Path key, Path authorities, List<String> nodes) {
    /** How often the files are looked at. */
    private static final int RELOAD_SECONDS = 60;

    public AdsTls {
        nodes = List.copyOf(nodes);
    }

    /** @throws UncheckedIOException if a file cannot be read, or holds something else; the message names them */
    ServerCredentials credentials(ScheduledExecutorService reloads) {
        try {
            AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
            keys.updateIdentityCredentials(
                    certificate.toFile(), key.toFile(), RELOAD_SECONDS, TimeUnit.SECONDS, reloads);
            AdvancedTlsX509TrustManager trust = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                    .build();
            trust.updateTrustCredentials(authorities.toFile(), RELOAD_SECONDS, TimeUnit.SECONDS, reloads);
            return TlsServerCredentials.newBuilder()
                    .keyManager(keys)
                    .trustManager(trust)
                    .clientAuth(ClientAuth.REQUIRE)
                    .build();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new UncheckedIOException(
                    "The ADS server cannot use %s, %s and %s: %s; give a certificate, its key (PKCS #8) and the authorities of nodes in PEM"
                            .formatted(certificate, key, authorities, e.getMessage()),
                    e instanceof IOException io ? io : new IOException(e));
        }
    }
}
