package litestream4j.s3;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.spi.scheme.AuthSchemeOption;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.auth.scheme.S3AuthSchemeProvider;

/** The SDK's client as it has to be set up. */
final class S3Clients {
    private S3Clients() {}

    static S3Client make(
            S3Configuration configuration, String region, AwsCredentialsProvider credentials, SdkHttpClient http) {
        URI endpoint = configuration.endpoint();
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(http)
                .credentialsProvider(credentials)
                .region(Region.of(region))
                .authSchemeProvider(signingPayload(configuration.signPayload()))
                // Stores other than Amazon's know neither trailing checksums nor those of the newer kinds.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(
                        endpoint == null
                                ? ResponseChecksumValidation.WHEN_SUPPORTED
                                : ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(service -> service.pathStyleAccessEnabled(configuration.pathStyle())
                        .chunkedEncodingEnabled(false)
                        .useArnRegionEnabled(true))
                .overrideConfiguration(override -> {
                    // One attempt: retries are counted, and bounded by a deadline, above.
                    override.retryStrategy(AwsRetryStrategy.doNotRetry());
                    override.putAdvancedOption(SdkAdvancedClientOption.USER_AGENT_PREFIX, "litestream4j");
                    if (configuration.asksForConsistency()) {
                        override.putHeader("X-Tigris-Consistent", "true");
                    }
                });
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        return builder.build();
    }

    private static S3AuthSchemeProvider signingPayload(boolean signed) {
        S3AuthSchemeProvider standard = S3AuthSchemeProvider.defaultProvider();
        return parameters -> standard.resolveAuthScheme(parameters).stream()
                .map(option -> withPayloadSigning(option, signed))
                .toList();
    }

    private static AuthSchemeOption withPayloadSigning(AuthSchemeOption option, boolean signed) {
        return option.toBuilder()
                .putSignerProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, signed)
                .putSignerProperty(AwsV4FamilyHttpSigner.CHUNK_ENCODING_ENABLED, false)
                .build();
    }
}
