// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.postgresql.internal;

/**
 * How the server is reached.
 *
 * @param url      {@code jdbc:postgresql://HOST:PORT/DATABASE}, with the driver's parameters for TLS if there are any
 * @param user     empty for what the URL or the driver's defaults say
 * @param password empty for none
 * @param schema   the schema, made if it is missing: lower case letters, digits and underscores
 */
record PostgresqlSettings(String url, String user, String password, String schema) {
    PostgresqlSettings {
        if (!schema.matches("[a-z_][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("the schema's name is made of lower case letters, digits and underscores, not '"
                    + schema + "'");
        }
    }

    @Override
    public String toString() {
        return url + ", schema " + schema;
    }
}
