// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.AttributeDefinition.Announcement;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the announced resources of originals here in step with them (TS-0001 10.2.18, decision 27). Each change of an
 * announced original puts what has to be asked of the other CSE into the outbound queue, in the task of the change; when
 * it was answered, {@code at} and {@code aa} follow the answer in the task that takes it out. Of each announced resource
 * waits one CREATE, one UPDATE with all that has changed since, and one that is under way, however long the other CSE is
 * away. All methods run on the writer's thread, inside a task.
 */
public final class Announcer {
    private static final Duration LONG = Duration.ofDays(3650);
    private static final String RELEASE = "3";

    private final EntityIds ids;
    private final Links links;
    private final AnnouncedForm form;
    private final OutboundEnqueuing queue;
    private final AnnouncementOutcomes outcomes;
    private final Clock clock;

    Announcer(EntityIds ids, Links links, AnnouncedForm form, OutboundEnqueuing queue, AnnouncementOutcomes outcomes,
            Clock clock) {
        this.ids = ids;
        this.links = links;
        this.form = form;
        this.queue = queue;
        this.outcomes = outcomes;
        this.clock = clock;
    }

    /** A resource that is to be announced is new. */
    void inserted(ResourceWriter writer, Resource original) {
        links.of(original).forEach((cse, entry) -> announce(writer, original, cse, entry, true));
    }

    /** A resource that is announced, or was, has changed. */
    void updated(ResourceWriter writer, Resource before, Resource after) {
        Map<String, String> old = links.of(before);
        Map<String, String> now = links.of(after);
        now.forEach((cse, entry) -> {
            if (!old.containsKey(cse)) {
                announce(writer, after, cse, entry, true);
            } else {
                Attributes difference = AnnouncedForm.difference(form.of(writer, before, cse), form.of(writer, after, cse));
                change(writer, after, cse, difference);
            }
        });
        old.forEach((cse, entry) -> {
            if (!now.containsKey(cse)) {
                withdraw(writer, before, cse, entry);
            }
        });
    }

    /** An announced resource is gone. */
    void deleted(ResourceWriter writer, Resource original) {
        links.of(original).forEach((cse, entry) -> withdraw(writer, original, cse, entry));
    }

    /** The announced resource may not be what it should be: says all of it again. */
    void repeat(ResourceWriter writer, Resource original, String cse) {
        change(writer, original, cse, form.of(writer, original, cse));
    }

    static String creationKey(String original, String cse) {
        return "announce " + original + " " + cse;
    }

    static String changeKey(String original, String cse, boolean policies) {
        return (policies ? "announced acpi " : "announced ") + original + " " + cse;
    }

    private static boolean isWaiting(ResourceWriter writer, Resource original, String cse) {
        return writer.outboundLatest(creationKey(original.id(), cse)).isPresent();
    }

    private void announce(ResourceWriter writer, Resource original, String cse, String entry, boolean asked) {
        Optional<ResourceType> variant = AnnouncedForm.type(original.memberName(), original.type())
                .flatMap(AnnouncedForm::announced);
        if (variant.isEmpty() || isWaiting(writer, original, cse)) {
            return;
        }
        Attributes content = Attributes.builder().set("rn", name(original.id())).set("lnk", form.link(original, cse))
                .setAll(form.of(writer, original, cse)).build();
        RequestPrimitive request = request(Operation.CREATE, entry).resourceType(variant.get().number())
                .content(new Content(variant.get().memberName(), content)).build();
        enqueue(writer, original, cse, request, creationKey(original.id(), cse), asked);
    }

    /** What the announced resource is called, so that a CREATE that arrived is known again though its answer was lost. */
    static String name(String original) {
        return original + "_Annc";
    }

    private void change(ResourceWriter writer, Resource original, String cse, Attributes difference) {
        if (difference.has("acpi") && difference.size() > 1) {
            // at most CSEs an UPDATE of the policies must be nothing else
            change(writer, original, cse, difference.toBuilder().remove("acpi").build());
            change(writer, original, cse, Attributes.builder().set("acpi", difference.get("acpi")).build());
            return;
        }
        Optional<ResourceType> variant = AnnouncedForm.type(original.memberName(), original.type())
                .flatMap(AnnouncedForm::announced);
        if (difference.isEmpty() || variant.isEmpty()) {
            return;
        }
        String key = changeKey(original.id(), cse, difference.has("acpi"));
        Attributes.Builder all = Attributes.builder();
        writer.outboundLatest(key).flatMap(waiting -> waiting.request().content())
                .ifPresent(waiting -> all.setAll(waiting.attributes()));
        RequestPrimitive request = request(Operation.UPDATE, cse).content(new Content(variant.get().memberName(),
                all.setAll(difference).build())).build();
        enqueue(writer, original, cse, request, key, false);
    }

    /** One that is on its way to be made is deleted when it has been. */
    private void withdraw(ResourceWriter writer, Resource original, String cse, String entry) {
        if (Links.isResource(entry) && !isWaiting(writer, original, cse)) {
            enqueue(writer, original, cse, request(Operation.DELETE, entry).build(), "", false);
        }
    }

    private RequestPrimitive.Builder request(Operation operation, String to) {
        return RequestPrimitive.builder(operation, to).from(ids.identity().cseId()).requestIdentifier(RequestIdentifiers.next())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, RELEASE);
    }

    /** @param asked whether a request waits for this, which is refused if there is no room */
    private void enqueue(ResourceWriter writer, Resource original, String cse, RequestPrimitive request, String key,
            boolean asked) {
        long end = original.expiration() > 0 && original.expiration() < Long.MAX_VALUE ? original.expiration()
                : clock.instant().plus(LONG).toEpochMilli();
        OutboundItem item = new OutboundItem(0, cse, request, original.id() + " " + original.parentId(), end,
                OutboundItem.Kind.ANNOUNCEMENT, OutboundItem.USUAL_RANK, key, clock.millis(), 0);
        if (asked) {
            OutboundItem placed = queue.accept(writer, item);
            if (!queue.isPaused(cse)) {
                outcomes.awaits(original.id(), placed);
            }
        } else {
            queue.enqueue(writer, item);
        }
    }

    /**
     * What was asked of another CSE has been answered, or given up.
     *
     * @param answer empty if it was not sent, because nobody wants it any more
     */
    public void settled(ResourceWriter writer, OutboundItem item, Optional<ResponsePrimitive> answer) {
        queue.afterCommit(() -> outcomes.concluded(item.sequence()));
        if (answer.isEmpty()) {
            return;
        }
        Optional<Resource> original = writer.byId(original(item));
        switch (item.request().operation()) {
            case CREATE -> created(writer, item, original, answer.get());
            case UPDATE -> original.ifPresent(found -> changed(writer, item, found, answer.get()));
            default -> { }
        }
    }

    static String original(OutboundItem item) {
        return item.reason().substring(0, item.reason().indexOf(' '));
    }

    private void created(ResourceWriter writer, OutboundItem item, Optional<Resource> original, ResponsePrimitive answer) {
        String cse = item.target();
        Optional<Resource> linked = original.filter(found -> links.of(found).containsKey(cse));
        Optional<String> address = answer.isSuccess() ? address(cse, answer) : Optional.empty();
        if (linked.isPresent()) {
            writer.update(links.with(linked.get(), cse, address.orElse("")));
        } else if (address.isPresent()) {
            long end = clock.instant().plus(LONG).toEpochMilli();
            queue.enqueue(writer, new OutboundItem(0, cse, request(Operation.DELETE, address.get()).build(), item.reason(),
                    Math.max(item.expiration(), end), OutboundItem.Kind.ANNOUNCEMENT, OutboundItem.USUAL_RANK, "", clock.millis(),
                    0));
        }
    }

    /** The address of what was made, as it is valid here. */
    static Optional<String> address(String cse, ResponsePrimitive answer) {
        return answer.content().flatMap(content -> content.value() instanceof String uri ? Optional.of(uri)
                : content.attributes().text("ri").or(() -> content.attributes().text("uri")))
                .filter(id -> !id.isEmpty()).map(id -> id.startsWith("/") ? id : cse + "/" + id);
    }

    private void changed(ResourceWriter writer, OutboundItem item, Resource original, ResponsePrimitive answer) {
        String cse = item.target();
        boolean linked = links.of(original).containsKey(cse);
        if (!linked || answer.isSuccess()) {
            return;
        }
        if (answer.statusCode() == ResponseStatusCode.NOT_FOUND.code()) {
            Resource anew = links.with(original, cse, cse);
            writer.update(anew);
            announce(writer, anew, cse, cse, false);
        } else if (answer.statusCode() == ResponseStatusCode.BAD_REQUEST.code()) {
            withoutNames(writer, original, item.request().content().orElseThrow().attributes());
        }
    }

    /** What the other CSE does not take of what {@code aa} names is named no more. */
    private static void withoutNames(ResourceWriter writer, Resource original, Attributes refused) {
        List<String> names = original.attributes().texts("aa");
        List<String> left = names.stream().filter(name -> !refused.has(name) || refused.isNull(name)
                || isAlways(original, name)).toList();
        if (left.size() < names.size()) {
            Attributes.Builder attributes = original.attributes().toBuilder();
            writer.update(original.with((left.isEmpty() ? attributes.remove("aa") : attributes.set("aa", left)).build()));
        }
    }

    private static boolean isAlways(Resource original, String name) {
        return AnnouncedForm.type(original.memberName(), original.type()).flatMap(type -> type.attribute(name))
                .filter(definition -> definition.announced() == Announcement.MANDATORY).isPresent();
    }
}
