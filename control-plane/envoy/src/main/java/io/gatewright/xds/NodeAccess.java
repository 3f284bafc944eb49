package io.gatewright.xds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a stream begin only for a node that may connect and whose certificate names it (a DNS or URI entry of its subject
 * alternative names, RFC 5280 §4.2.1.6). The first message of a stream says which node it is; everything before the answer is
 * held back, and a stream that is refused gets nothing but PERMISSION_DENIED. Thread-safe.
 */
final class NodeAccess implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(NodeAccess.class);
    private static final int DNS_NAME = 2;
    private static final int URI_NAME = 6;

    private final List<String> nodes;

    NodeAccess(List<String> nodes) {
        this.nodes = nodes;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Set<String> names = names(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean admitted;
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                if (!admitted && !refused) {
                    String node = node(message);
                    String reason = refusal(node, names);
                    admitted = reason == null;
                    if (reason != null) {
                        refused = true;
                        LOG.warn("node={} refused: {}", printable(node), reason);
                        call.close(Status.PERMISSION_DENIED.withDescription(reason), new Metadata());
                    }
                }
                if (admitted) {
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }
        };
    }

    private static String node(Object message) {
        return switch (message) {
            case DeltaDiscoveryRequest request -> request.getNode().getId();
            case DiscoveryRequest request -> request.getNode().getId();
            default -> "";
        };
    }

    @Nullable
    String refusal(String node, Set<String> names) {
        if (nodes.stream().noneMatch(allowed -> matches(allowed, node))) {
            return "this node may not connect here; name it in --xds-nodes";
        }
        return names.contains(node)
                ? null
                : "the certificate is not for this node; its alternative names must hold the id";
    }

    private static boolean matches(String allowed, String node) {
        return !node.isEmpty()
                && (allowed.endsWith("*")
                        ? node.startsWith(allowed.substring(0, allowed.length() - 1))
                        : node.equals(allowed));
    }

    private static Set<String> names(@Nullable SSLSession session) {
        Set<String> names = new HashSet<>();
        try {
            Certificate[] chain = session == null ? new Certificate[0] : session.getPeerCertificates();
            Collection<List<?>> entries = chain.length > 0 && chain[0] instanceof X509Certificate certificate
                    ? certificate.getSubjectAlternativeNames()
                    : null;
            for (List<?> entry : entries == null ? List.<List<?>>of() : entries) {
                if (entry.get(0) instanceof Integer type
                        && (type == DNS_NAME || type == URI_NAME)
                        && entry.get(1) instanceof String name) {
                    names.add(name);
                }
            }
        } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
            LOG.debug("a certificate without names", e);
        }
        return names;
    }

    private static String printable(String text) {
        return text.substring(0, Math.min(text.length(), 100)).replaceAll("[^\\x21-\\x7e]", "?");
    }
}
