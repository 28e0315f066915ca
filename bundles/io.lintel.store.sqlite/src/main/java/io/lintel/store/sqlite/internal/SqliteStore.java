// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.cse.api.Door;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.StoreException;
import io.lintel.mqtt.server.SessionStore;
import io.lintel.store.jdbc.Database;
import io.lintel.store.jdbc.JdbcStore;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.sqlite.internal.SqliteSettings.SyncLevel;
import java.io.IOException;
import java.nio.file.Path;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded store: one SQLite database below the node's home. Without it no request is served, so it opens at once;
 * when the database cannot be used the component does not start, and the log says why.
 */
@Component(service = {ResourceStore.class, SessionStore.class, Door.class}, configurationPid = "io.lintel.store",
        immediate = true)
@Designate(ocd = SqliteStore.Config.class)
public final class SqliteStore extends JdbcStore {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteStore.class);
    private static final String HOME = "${lintel.home}";
    private static final int READERS = 3;

    @ObjectClassDefinition(name = "Lintel store", description = "The embedded database: where it is, and what a commit waits for")
    @interface Config {
        @AttributeDefinition(name = "Directory", description = "Data directory; ${lintel.home} stands for the node's home")
        String directory() default HOME + "/data";

        @AttributeDefinition(name = "Sync level", description = "full: every answer is on the disk first. "
                + "normal: survives the process, but a loss of power may take the last seconds",
                options = {@Option(label = "full", value = "full"), @Option(label = "normal", value = "normal")})
        String syncLevel() default "full";

        @AttributeDefinition(name = "Queue capacity", description = "Writes on their way before more are refused")
        int queueCapacity() default 4096;

        @AttributeDefinition(name = "Cache entries", description = "Resources kept in memory, at most")
        int cacheEntries() default 5000;

        @AttributeDefinition(name = "Cache bytes", description = "Bytes these may take, about")
        long cacheBytes() default 8 << 20;

        @AttributeDefinition(name = "Stored responses",
                description = "For requests that are delivered again; beyond so many the oldest go")
        long responses() default StoreSettings.RESPONSES;

        @AttributeDefinition(name = "Bytes of stored responses", description = "Beyond so many the oldest go")
        long responseBytes() default StoreSettings.RESPONSE_BYTES;

        @AttributeDefinition(name = "Minimum free bytes", description = "Free disk space below which nothing is taken any more")
        long minimumFreeBytes() default 64 << 20;

        @AttributeDefinition(name = "WAL checkpoint pages", description = "Pages in the write-ahead log before it is copied "
                + "into the database; 1000 for shorter pauses, 4000 for less wear")
        int walAutocheckpoint() default 4000;

        @AttributeDefinition(name = "Check bytes", description = "Size up to which the whole database is checked at the start")
        long checkBytes() default 64 << 20;
    }

    @Activate
    public SqliteStore(BundleContext context, Config config) {
        this(unlessAnother(context, directory(config.directory(), context.getProperty("lintel.home"))), config);
    }

    /** A node that is set up for another store waits for that one: what it acknowledged is there, and not here. */
    private static Path unlessAnother(BundleContext context, Path directory) {
        String store = context.getProperty("lintel.store");
        if (store != null && !store.equals("sqlite")) {
            throw new StoreException("this node's store is " + store + "; SQLite does not stand in for it", null);
        }
        return directory;
    }

    /** For a data directory that is known already. */
    SqliteStore(Path directory, Config config) {
        this(new SqliteSettings(directory, SyncLevel.of(config.syncLevel()), config.walAutocheckpoint(),
                config.minimumFreeBytes(), config.checkBytes()),
                new StoreSettings(config.queueCapacity(), config.cacheEntries(), config.cacheBytes(), READERS,
                        config.responses(), config.responseBytes()));
    }

    SqliteStore(SqliteSettings sqlite, StoreSettings settings) {
        super(database(sqlite), settings);
        LOG.info("store open: {}, {} resources, sync level {}", detail(), resourceCount(), sqlite.syncLevel());
    }

    private static Path directory(String configured, String home) {
        if (configured.contains(HOME) && home == null) {
            throw new StoreException("store.directory is " + configured
                    + ", but the framework property lintel.home is not set", null);
        }
        return Path.of(configured.replace(HOME, String.valueOf(home))).toAbsolutePath().normalize();
    }

    private static Database database(SqliteSettings settings) {
        try {
            return new SqliteDatabase(settings);
        } catch (IOException e) {
            throw new StoreException("the store does not open: " + e.getMessage(), e);
        }
    }

    @Deactivate
    void stop() {
        close();
        LOG.info("store closed");
    }
}
