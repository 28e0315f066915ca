// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.postgresql.internal;

import io.lintel.cse.api.Door;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.mqtt.server.SessionStore;
import io.lintel.store.jdbc.JdbcStore;
import io.lintel.store.jdbc.StoreSettings;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store contract on a PostgreSQL server, for deployments larger than one machine. There only when it is configured;
 * it then ranks before the embedded store.
 */
@Component(service = {ResourceStore.class, SessionStore.class, Door.class}, configurationPid = "io.lintel.store.postgresql",
        configurationPolicy = ConfigurationPolicy.REQUIRE, immediate = true, property = "service.ranking:Integer=100")
@Designate(ocd = PostgresqlStore.Config.class)
public final class PostgresqlStore extends JdbcStore {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresqlStore.class);

    @ObjectClassDefinition(name = "Lintel store on PostgreSQL", description = "Active as soon as it is configured")
    @interface Config {
        @AttributeDefinition(name = "URL", description = "jdbc:postgresql://HOST:PORT/DATABASE")
        String url();

        @AttributeDefinition(name = "User")
        String user() default "";

        @AttributeDefinition(name = "Password", description = "Property .password: a name with a dot in front stays private",
                type = AttributeType.PASSWORD)
        String _password() default "";

        @AttributeDefinition(name = "Schema", description = "Made if it is missing")
        String schema() default "lintel";

        @AttributeDefinition(name = "Queue capacity", description = "Writes on their way before more are refused")
        int queueCapacity() default 4096;

        @AttributeDefinition(name = "Cache entries", description = "Resources kept in memory, at most")
        int cacheEntries() default 50_000;

        @AttributeDefinition(name = "Cache bytes", description = "Bytes these may take, about")
        long cacheBytes() default 64 << 20;

        @AttributeDefinition(name = "Readers", description = "Connections for reading")
        int readers() default 4;

        @AttributeDefinition(name = "Stored responses",
                description = "For requests that are delivered again; beyond so many the oldest go")
        long responses() default StoreSettings.RESPONSES;

        @AttributeDefinition(name = "Bytes of stored responses", description = "Beyond so many the oldest go")
        long responseBytes() default StoreSettings.RESPONSE_BYTES;
    }

    @Activate
    public PostgresqlStore(Config config) {
        this(new PostgresqlSettings(config.url(), config.user(), config._password(), config.schema()),
                new StoreSettings(config.queueCapacity(), config.cacheEntries(), config.cacheBytes(), config.readers(),
                        config.responses(), config.responseBytes()));
    }

    PostgresqlStore(PostgresqlSettings postgresql, StoreSettings settings) {
        super(new PostgresqlDatabase(postgresql), settings);
        LOG.info("store open: {}, {} resources", detail(), resourceCount());
    }

    @Deactivate
    void stop() {
        close();
        LOG.info("store closed");
    }
}
