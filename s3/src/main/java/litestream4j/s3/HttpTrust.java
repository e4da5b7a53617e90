package litestream4j.s3;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import litestream4j.replica.Environment;
import litestream4j.replica.ReplicaException;
import org.jspecify.annotations.Nullable;

/** Which TLS certificates are taken. */
final class HttpTrust {
    private HttpTrust() {}

    /**
     * Makes the TLS settings: those of Java, plus the certificates in the file {@code AWS_CA_BUNDLE}, if set.
     *
     * @return null for an endpoint that needs none
     * @throws ReplicaException.Denied if that file cannot be read
     */
    static @Nullable SSLContext context(S3Configuration configuration, Environment environment)
            throws ReplicaException.Denied {
        String bundle = environment.get("AWS_CA_BUNDLE");
        try {
            if (configuration.endpoint() != null
                    && "http".equals(configuration.endpoint().getScheme())) {
                // Java's own certificates would be read from disk at once, which is a good part of a start-up.
                return null;
            }
            if (configuration.skipVerify()) {
                return context(new TrustManager[] {new TrustAll()});
            }
            return bundle == null ? SSLContext.getDefault() : context(javaAnd(Path.of(bundle)));
        } catch (GeneralSecurityException | IOException e) {
            throw new ReplicaException.Denied(
                    "cannot set up TLS%s: %s"
                            .formatted(bundle == null ? "" : " with the certificates of AWS_CA_BUNDLE=" + bundle, e),
                    e);
        }
    }

    private static SSLContext context(TrustManager @Nullable [] trust) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust, null);
        return context;
    }

    private static TrustManager[] javaAnd(Path bundle) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int count = 0;
        for (TrustManager manager : trustManagers(null)) {
            if (manager instanceof X509TrustManager x509) {
                for (X509Certificate certificate : x509.getAcceptedIssuers()) {
                    store.setCertificateEntry("java-" + count++, certificate);
                }
            }
        }
        for (Certificate certificate : certificates(bundle)) {
            store.setCertificateEntry("bundle-" + count++, certificate);
        }
        return trustManagers(store);
    }

    /** An empty file is none to Java, too; to whoever named it, it is a mistake. */
    private static Collection<? extends Certificate> certificates(Path bundle)
            throws GeneralSecurityException, IOException {
        try (InputStream file = Files.newInputStream(bundle)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(file);
            if (certificates.isEmpty()) {
                throw new CertificateException("it holds no certificate; expected PEM, -----BEGIN CERTIFICATE-----");
            }
            return certificates;
        }
    }

    private static TrustManager[] trustManagers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** Takes any certificate for any host: asked for by {@code skipVerify}, for tests. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
