// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.store.StoreException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;

/** Which node the embedded store serves. */
class StoreChoiceTest {
    @TempDir
    Path home;

    @Test
    void aNodeThatIsSetUpForAnotherStoreIsNotServed() {
        Map<String, String> another = Map.of("lintel.home", home.toString(), "lintel.store", "postgresql");
        assertThatThrownBy(() -> new SqliteStore(context(another), defaults()))
                .isInstanceOf(StoreException.class).hasMessageContaining("postgresql");
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void anyOtherNodeIs() {
        SqliteStore store = new SqliteStore(context(Map.of("lintel.home", home.toString(), "lintel.store", "sqlite")),
                defaults());
        assertThat(store.isOpen()).isTrue();
        store.stop();
        assertThat(home).isNotEmptyDirectory();
    }

    private static BundleContext context(Map<String, String> properties) {
        return (BundleContext) Proxy.newProxyInstance(BundleContext.class.getClassLoader(), new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("getProperty");
                    return properties.get(arguments[0]);
                });
    }

    private static SqliteStore.Config defaults() {
        return (SqliteStore.Config) Proxy.newProxyInstance(SqliteStore.Config.class.getClassLoader(),
                new Class<?>[] {SqliteStore.Config.class}, (proxy, method, arguments) -> method.getDefaultValue());
    }
}
