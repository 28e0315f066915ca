// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.ContentListener;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.StoreException;
import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.primitive.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who watches a resource is told when what is below it has changed, after the disk has it, and of nothing else. */
class WatchedStoreTest {
    private final InMemoryResourceStore disk = new InMemoryResourceStore(100);
    private final List<ContentListener> listeners = new CopyOnWriteArrayList<>();
    private final WatchedStore store = new WatchedStore(disk, () -> listeners);

    @BeforeEach
    void makeContainers() {
        disk.writeNow(writer -> {
            writer.insert(new Resource(5, "m2m:cb", "cb", "", "mn-name", "", Long.MAX_VALUE, Attributes.of("ri", "cb")));
            writer.insert(new Resource(3, "m2m:cnt", "cnt1", "cb", "one", "CAdmin", Long.MAX_VALUE, Attributes.of("ri", "cnt1")));
            writer.insert(new Resource(3, "m2m:cnt", "cnt2", "cb", "two", "CAdmin", Long.MAX_VALUE, Attributes.of("ri", "cnt2")));
            return null;
        });
    }

    @AfterEach
    void close() {
        disk.close();
    }

    private static final class Watching implements ContentListener {
        private final Set<String> watched;
        private final List<String> told = new CopyOnWriteArrayList<>();

        Watching(String... watched) {
            this.watched = Set.of(watched);
        }

        @Override
        public boolean watches(String resourceId) {
            return watched.contains(resourceId);
        }

        @Override
        public void changed(String resourceId) {
            told.add(resourceId);
        }
    }

    private Watching watching(String... watched) {
        Watching listener = new Watching(watched);
        listeners.add(listener);
        return listener;
    }

    private static Resource instance(String id, String parent, String content) {
        return new Resource(4, "m2m:cin", id, parent, id, "CAdmin", Long.MAX_VALUE,
                Attributes.builder().set("ri", id).set("pi", parent).set("con", content).build());
    }

    private void insert(Resource... resources) {
        store.write(writer -> {
            for (Resource resource : resources) {
                writer.insert(resource);
            }
            return null;
        }).toCompletableFuture().join();
    }

    @Test
    void additionsChangesAndRemovalsBelowAWatchedResourceAreTold() {
        Watching listener = watching("cnt1");
        insert(instance("cin1", "cnt1", "a"), instance("cin2", "cnt2", "b"));
        assertThat(listener.told).containsExactly("cnt1");
        store.write(writer -> {
            writer.update(instance("cin1", "cnt1", "c"));
            return null;
        }).toCompletableFuture().join();
        assertThat(listener.told).containsExactly("cnt1", "cnt1");
        store.write(writer -> {
            writer.delete(instance("cin1", "cnt1", "c"));
            return null;
        }).toCompletableFuture().join();
        assertThat(listener.told).containsExactly("cnt1", "cnt1", "cnt1");
    }

    @Test
    void severalChangesOfOneTaskAreToldOnce() {
        Watching listener = watching("cnt1");
        insert(instance("cin1", "cnt1", "a"), instance("cin2", "cnt1", "b"));
        assertThat(listener.told).containsExactly("cnt1");
    }

    @Test
    void theRemovalOfTheWatchedResourceItselfIsTold() {
        insert(instance("cin1", "cnt1", "a"));
        Watching listener = watching("cin1");
        store.write(writer -> {
            writer.delete(instance("cin1", "cnt1", "a"));
            return null;
        }).toCompletableFuture().join();
        assertThat(listener.told).containsExactly("cin1");
    }

    @Test
    void whatTheDiskRefusesHasNotHappened() {
        Watching listener = watching("cnt1");
        disk.failNextCommits(1);
        assertThatThrownBy(() -> insert(instance("cin1", "cnt1", "a"))).hasCauseInstanceOf(StoreException.class);
        assertThat(listener.told).isEmpty();
        insert(instance("cin1", "cnt1", "a"));
        assertThat(listener.told).containsExactly("cnt1");
    }

    @Test
    void aListenerThatFailsHindersNeitherTheOthersNorTheWriter() {
        listeners.add(new ContentListener() {
            @Override
            public boolean watches(String resourceId) {
                return true;
            }

            @Override
            public void changed(String resourceId) {
                throw new IllegalStateException("a test's mistake");
            }
        });
        Watching other = watching("cnt1");
        insert(instance("cin1", "cnt1", "a"));
        assertThat(other.told).containsExactly("cnt1");
        assertThat(new ArrayList<>(disk.children("cnt1", "", 10))).hasSize(1);
    }
}
