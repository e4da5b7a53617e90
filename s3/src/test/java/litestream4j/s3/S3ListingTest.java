package litestream4j.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3ListingTest {
    private static final long SEED = Long.getLong("test.seed", System.nanoTime());

    private static final String PAGE = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- as Amazon writes it -->
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Name>bucket</Name><Prefix>db/</Prefix><KeyCount>2</KeyCount><MaxKeys>2</MaxKeys>
              <IsTruncated>true</IsTruncated><NextContinuationToken>1/abc+d=&amp;</NextContinuationToken>
              <Contents>
                <Key>db/a&amp;b&lt;&#x20;&#252;</Key><LastModified>2026-03-04T05:06:07.999Z</LastModified>
                <ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag><Size>434234</Size>
                <Owner><ID>me</ID><DisplayName>Size</DisplayName></Owner><StorageClass>STANDARD</StorageClass>
              </Contents>
              <Contents><Key><![CDATA[db/<2>&]]></Key><Size> 0 </Size><LastModified/></Contents>
              <CommonPrefixes><Prefix>db/x/</Prefix></CommonPrefixes>
            </ListBucketResult>
            """;

    @Test
    void objectsFoldersAndTokenAreRead() throws Exception {
        S3Listing listing = S3Listing.parse(PAGE);
        assertThat(listing.entries())
                .containsExactly(
                        new S3Listing.Entry(
                                "db/a&b< ü",
                                434_234,
                                Instant.parse("2026-03-04T05:06:07Z"),
                                "\"9b2cf535f27731c974343645a3985328\""),
                        new S3Listing.Entry("db/<2>&", 0, Instant.EPOCH, ""));
        assertThat(listing.folders()).containsExactly("db/x/");
        assertThat(listing.next()).isEqualTo("1/abc+d=&");
    }

    @Test
    void encodedKeysAreDecoded() throws Exception {
        S3Listing listing = S3Listing.parse("<ListBucketResult><EncodingType>url</EncodingType>"
                + "<Contents><Key>a%2Fb+c%25</Key><Size>1</Size></Contents>"
                + "<CommonPrefixes><Prefix>x%2F</Prefix></CommonPrefixes></ListBucketResult>");
        assertThat(listing.entries())
                .singleElement()
                .extracting(S3Listing.Entry::key)
                .isEqualTo("a/b c%");
        assertThat(listing.folders()).containsExactly("x/");
    }

    @Test
    void lastPageHasNoToken() throws Exception {
        assertThat(S3Listing.parse("<ListBucketResult><IsTruncated>false</IsTruncated>"
                                + "<NextContinuationToken>x</NextContinuationToken></ListBucketResult>")
                        .next())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no XML",
                "<html><body>Sign in</body></html>",
                "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><ListBucketResult>&b;</ListBucketResult>",
                "<ListBucketResult>&b;</ListBucketResult>",
                "<ListBucketResult>& </ListBucketResult>",
                "<ListBucketResult>&#x110000;</ListBucketResult>",
                "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
                "<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>",
                "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
                "<ListBucketResult><Contents></ListBucketResult></Contents>",
                "<ListBucketResult></ListBucketResult></ListBucketResult>",
                "<ListBucketResult></ListBucketResult><ListBucketResult></ListBucketResult>",
                "<ListBucketResult></ListBucketResult>more",
                "<ListBucketResult><a b='>'",
                "<ListBucketResult><![CDATA[x</ListBucketResult>",
                "<ListBucketResult><!-- x</ListBucketResult>",
                "< ListBucketResult></ListBucketResult>",
                "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%zz</Key><Size>1</Size></Contents>"
                        + "</ListBucketResult>",
            })
    void whatIsNoListingIsRefused(String document) {
        assertThatThrownBy(() -> S3Listing.parse(document)).isInstanceOf(S3Unusable.class);
    }

    @Test
    void nestingIsBounded() {
        assertThatThrownBy(() -> S3Listing.parse("<a>".repeat(100_000))).isInstanceOf(S3Unusable.class);
    }

    @Test
    void keyOfADamagedObjectIsNotThatOfTheNext() {
        assertThatThrownBy(() -> S3Listing.parse("<ListBucketResult><Contents><Key>a</Key><Size>1</Size></Contents>"
                        + "<Contents><ETag>b</ETag></Contents></ListBucketResult>"))
                .isInstanceOf(S3Unusable.class);
    }

    /** Either a listing or a refusal, and nothing else, whatever comes. */
    @Test
    @Timeout(60)
    void damagedDocumentsAreReadOrRefused() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder document = new StringBuilder(PAGE);
            for (int j = random.nextInt(4); j >= 0 && document.length() > 1; j--) {
                int at = random.nextInt(document.length() - 1);
                switch (random.nextInt(3)) {
                    case 0 -> document.setCharAt(at, "<>&;/![]-'\"?x".charAt(random.nextInt(13)));
                    case 1 -> document.deleteCharAt(at);
                    default -> document.setLength(at + 2);
                }
            }
            try {
                S3Listing.parse(document.toString());
            } catch (S3Unusable _) {
                // Refused.
            } catch (RuntimeException e) {
                throw new AssertionError("seed=%d round=%d: %s".formatted(SEED, i, document), e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-04T05:06:07Z, 2026-03-04T05:06:07Z",
        "2026-03-04T05:06:07.123456789Z, 2026-03-04T05:06:07Z",
        "2026-03-04T07:06:07+02:00, 2026-03-04T05:06:07Z",
        "2026-13-04T05:06:07Z, 1970-01-01T00:00:00Z",
        "yesterday, 1970-01-01T00:00:00Z",
        ", 1970-01-01T00:00:00Z",
    })
    void timesOfListings(String text, Instant expected) {
        assertThat(S3Times.ofListing(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Wed, 04 Mar 2026 05:06:07 GMT | 2026-03-04T05:06:07Z
            Wed, 4 Mar 2026 05:06:07 GMT  | 2026-03-04T05:06:07Z
            Thu, 31 Dec 2026 23:59:59 GMT | 2026-12-31T23:59:59Z
            Thu, 31 ecJ 2026 23:59:59 GMT | 1970-01-01T00:00:00Z
            soon                          | 1970-01-01T00:00:00Z
            """)
    void timesOfHeaders(String text, Instant expected) {
        assertThat(S3Times.ofHeader(text)).isEqualTo(expected);
    }

    @Test
    void cutOffListingThatCannotGoOnIsNotTakenForTheWhole() {
        String document = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>";
        assertThatThrownBy(() -> S3Listing.parse(document))
                .isInstanceOf(S3Unusable.class)
                .hasMessageContaining("without a token");
    }
}
