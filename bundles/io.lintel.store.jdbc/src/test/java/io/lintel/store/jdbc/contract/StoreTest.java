// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc.contract;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.WriteTask;
import io.lintel.mqtt.server.SessionChange;
import io.lintel.primitive.Attributes;
import io.lintel.store.jdbc.JdbcStore;
import io.lintel.store.jdbc.StoreSettings;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the parts of the store contract share: a store that is fresh for each test and can be closed and opened again. */
public abstract class StoreTest {
    protected static final int CONTAINER = 3;
    protected static final int INSTANCE = 4;
    protected static final int CSE_BASE = 5;
    protected static final int TIME_SERIES_INSTANCE = 30;
    protected static final StoreSettings SETTINGS = new StoreSettings(1024, 200, 1 << 20, 2);

    protected JdbcStore store;

    /** Opens the store of this test, with what it kept from the last time. */
    protected abstract JdbcStore open(StoreSettings settings);

    @BeforeEach
    void openFresh() {
        store = open(SETTINGS);
    }

    @AfterEach
    void closeAgain() {
        store.close();
    }

    protected void reopen() {
        store.close();
        store = open(SETTINGS);
    }

    protected <T> T write(WriteTask<T> task) {
        return await(store.write(task));
    }

    protected void journal(SessionChange... changes) {
        await(store.write(List.of(changes)));
    }

    protected static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("a stage did not complete", e);
        }
    }

    /** The CSEBase, which a test begins with. */
    protected Resource base() {
        return write(writer -> {
            Resource base = new Resource(CSE_BASE, "m2m:cb", "cb-base", "", "mn-name", "", Long.MAX_VALUE,
                    Attributes.builder().set("ri", "cb-base").set("rn", "mn-name").set("ty", 5).build());
            writer.insert(base);
            return base;
        });
    }

    protected Resource container(Resource parent, String name) {
        return write(writer -> insertContainer(writer, parent, name));
    }

    protected static Resource insertContainer(ResourceWriter writer, Resource parent, String name) {
        String id = writer.newId(CONTAINER, parent.id());
        Resource container = new Resource(CONTAINER, "m2m:cnt", id, parent.id(), name, "Cdevice", Long.MAX_VALUE,
                Attributes.builder().set("ri", id).set("pi", parent.id()).set("rn", name).set("ty", 3).set("cni", 0).build());
        writer.insert(container);
        return container;
    }

    protected Resource instance(Resource parent, String content) {
        return write(writer -> insertInstance(writer, parent, content));
    }

    protected static Resource insertInstance(ResourceWriter writer, Resource parent, String content) {
        return insertInstance(writer, parent, "", content, Long.MAX_VALUE);
    }

    /** @param name empty for the name that is the ID */
    protected static Resource insertInstance(ResourceWriter writer, Resource parent, String name, String content,
            long expiration) {
        String id = writer.newId(INSTANCE, parent.id());
        String effective = name.isEmpty() ? id : name;
        Resource instance = new Resource(INSTANCE, "m2m:cin", id, parent.id(), effective, "Cdevice", expiration,
                Attributes.builder().set("ri", id).set("pi", parent.id()).set("rn", effective).set("ty", 4)
                        .set("con", content).set("cs", content.length()).build());
        writer.insert(instance);
        return instance;
    }

    /** An instance whose value was generated at a time of its own. */
    protected static Resource insertGenerated(ResourceWriter writer, Resource parent, String dgt) {
        String id = writer.newId(TIME_SERIES_INSTANCE, parent.id());
        Resource instance = new Resource(TIME_SERIES_INSTANCE, "m2m:tsi", id, parent.id(), id, "Cdevice", Long.MAX_VALUE,
                Attributes.builder().set("ri", id).set("pi", parent.id()).set("rn", id).set("ty", 30).set("dgt", dgt)
                        .set("con", "21").set("cs", 2).build());
        writer.insert(instance);
        return instance;
    }

    protected static List<String> ids(List<Resource> resources) {
        return resources.stream().map(Resource::id).toList();
    }
}
