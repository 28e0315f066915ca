// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.model;

import io.lintel.cse.api.store.ResourceStore;
import io.lintel.store.sqlite.internal.SqliteParts;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** On the store of a gateway: its database is closed and opened again with the CSE. */
class SqliteRandomTreeTest extends RandomTreeContract {
    @TempDir
    Path directory;

    @Override
    protected ResourceStore open(String run, ResourceStore last) throws Exception {
        if (last != null) {
            end(last);
        }
        return SqliteParts.open(directory.resolve(run));
    }

    @Override
    protected void end(ResourceStore opened) throws Exception {
        ((AutoCloseable) opened).close();
    }
}
