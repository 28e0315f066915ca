// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.primitive.Attributes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * {@code [reboot]} (TS-0001 D.10) of the node's process, not of the machine: {@code rbo} starts it again; {@code far} does,
 * too, and before that its launcher empties {@code data/} and {@code deploy/} of the home. The action is reported as done as
 * soon as it is certain to happen, and happens a little later, so that its answer and its outcome are out before.
 */
final class Reboot implements Part {
    private static final String MARK = "factory-reset";

    private final Path data;
    private final Leaving leaving;
    private final Duration delay;
    private final Optional<String> noReset;

    /** Ends this process in favour of a new one. */
    interface Leaving {
        /** Why the process would not be started again; empty if it would. */
        Optional<String> obstacle();

        /** Ends it after a while; returns at once. Once begun it is not begun again. */
        void leave(Duration delay);
    }

    /** @param noReset why there is no factory reset; empty if there is one */
    Reboot(Path data, Leaving leaving, Duration delay, Optional<String> noReset) {
        this.data = data;
        this.leaving = leaving;
        this.delay = delay;
        this.noReset = noReset;
    }

    @Override
    public List<ManagedObject> objects() {
        return List.of(new ManagedObject("reboot", "m2m:rbo", Attributes.empty()));
    }

    @Override
    public boolean executes(String memberName) {
        return memberName.equals("m2m:rbo");
    }

    @Override
    public void check(ManagedObject object, String executable) {
        leaving.obstacle().ifPresent(why -> {
            throw Part.notImplemented(why);
        });
        if (executable.equals("far")) {
            noReset.ifPresent(why -> {
                throw Part.notAllowed(why);
            });
        }
    }

    @Override
    public CompletionStage<Attributes> execute(ManagedObject object, String executable) {
        try {
            if (executable.equals("far")) {
                Files.writeString(data.resolve(MARK), "asked for by " + object.name() + '\n');
            }
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new UncheckedIOException("the mark for the launcher cannot be written", e));
        }
        leaving.leave(delay);
        return CompletableFuture.completedFuture(Attributes.empty());
    }
}
