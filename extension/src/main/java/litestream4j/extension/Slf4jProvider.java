package litestream4j.extension;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** Brings what libraries log by way of SLF4J, as the AWS SDK does, to where the rest is logged. Found by SLF4J. */
public final class Slf4jProvider implements SLF4JServiceProvider {
    /** The newest version of SLF4J's interface that this was written for. */
    private static final String API_VERSION = "2.0.99";

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter contexts = new NOPMDCAdapter();

    /** For ServiceLoader. */
    public Slf4jProvider() {}

    @Override
    public ILoggerFactory getLoggerFactory() {
        return name -> new Slf4jLogger(System.getLogger(name));
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return contexts;
    }

    @Override
    public String getRequestedApiVersion() {
        return API_VERSION;
    }

    @Override
    public void initialize() {}
}
