// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static io.lintel.console.internal.MqttPlugin.encode;
import static io.lintel.console.internal.OutboundPlugin.PATH;

import io.lintel.cse.api.OutboundQueueAdministration;
import io.lintel.cse.api.OutboundQueueAdministration.State;
import io.lintel.cse.api.OutboundQueueAdministration.TargetView;
import io.lintel.cse.api.store.OutboundItem;
import java.util.List;
import java.util.Optional;

/** Draws the pages about the outbound queue. One per request. */
final class OutboundPages {
    static final int ROWS = 50;

    private final OutboundQueueAdministration queue;
    private final Html html;

    OutboundPages(OutboundQueueAdministration queue, Html html) {
        this.queue = queue;
        this.html = html;
    }

    /** The page of a target. */
    static String link(String target) {
        return PATH + "?target=" + encode(target);
    }

    // ---- all targets ------------------------------------------------------------------------------------------------

    /** @param from the row that the page begins with */
    void targets(long from) {
        List<TargetView> all = queue.targets();
        int offset = (int) Math.min(from, all.size());
        long items = all.stream().mapToLong(TargetView::items).sum();
        long bytes = all.stream().mapToLong(TargetView::bytes).sum();
        html.open("section").element("h2", "Outbound queue (" + MqttText.count(items) + " waiting, " + MqttText.bytes(bytes)
                + ")");
        if (all.isEmpty()) {
            html.element("p", "Nothing waits for anybody.", "class", "none");
        } else {
            html.open("div", "class", "wide").open("table", "class", "list");
            OverviewPlugin.head(html, "Target", "State", "Waiting", "Oldest", "What is the matter");
            all.subList(offset, Math.min(all.size(), offset + ROWS)).forEach(this::row);
            html.close("table", "div");
        }
        if (all.size() > ROWS) {
            html.open("p", "class", "pager").text(offset + 1 + " to " + Math.min(all.size(), offset + ROWS) + " of "
                    + all.size());
            if (offset > 0) {
                html.element("a", "back", "href", PATH + "?from=" + Math.max(0, offset - ROWS));
            }
            if (offset + ROWS < all.size()) {
                html.element("a", "on", "href", PATH + "?from=" + (offset + ROWS));
            }
            html.close("p");
        }
        html.close("section");
    }

    private void row(TargetView target) {
        html.open("tr").open("td").open("a", "href", link(target.target())).element("bdi", target.target()).close("a", "td")
                .open("td");
        OverviewPlugin.lamp(html, target.state() == State.SENDING || target.state() == State.SCHEDULED);
        html.text(state(target)).close("td")
                .element("td", target.items() == 0 ? "–" : MqttText.count(target.items()) + " ("
                        + MqttText.bytes(target.bytes()) + ")", "class", "number")
                .element("td", target.sinceMillis() == 0 ? "–" : MqttText.since(target.sinceMillis()), "class", "number")
                .element("td", target.trouble().isEmpty() ? "–" : target.trouble()).close("tr");
    }

    private static String state(TargetView target) {
        return switch (target.state()) {
            case SENDING -> "sending";
            case HELD -> "held back";
            case SCHEDULED -> "scheduled";
            case PAUSED -> target.untilMillis() == 0 ? "paused"
                    : "paused, next try at " + OutboundText.time(target.untilMillis());
        };
    }

    // ---- one target -------------------------------------------------------------------------------------------------

    /**
     * @param after the last item of the page before
     * @param ask   {@code delete} to be asked whether all of it shall be deleted
     */
    void target(String name, long after, String ask) {
        html.open("nav", "class", "crumbs").element("a", "Outbound queue", "href", PATH).element("a", name, "href", link(name))
                .close("nav");
        Optional<TargetView> found = queue.targets().stream().filter(target -> target.target().equals(name)).findFirst();
        if (found.isEmpty()) {
            html.open("div", "class", "banner good").element("strong", "Nothing waits").element("span",
                    "All of it has left, or there was none.").close("div");
            return;
        }
        TargetView target = found.get();
        if (ask.equals("delete")) {
            question(target);
        }
        html.open("section").open("h2").element("bdi", name).close("h2").open("table", "class", "facts");
        html.open("tr").element("th", "State").open("td");
        OverviewPlugin.lamp(html, target.state() == State.SENDING || target.state() == State.SCHEDULED);
        html.text(state(target)).close("td", "tr");
        fact("Waiting", MqttText.count(target.items()) + " (" + MqttText.bytes(target.bytes()) + ")");
        fact("Oldest taken in", OutboundText.time(target.sinceMillis()));
        if (!target.trouble().isEmpty()) {
            fact("What is the matter", target.trouble());
        }
        html.close("table").open("div", "class", "buttons");
        if (target.state() != State.SCHEDULED) {
            if (target.state() == State.HELD) {
                button("release", name, "Let it go");
            } else {
                button("try", name, "Try again now");
                button("hold", name, "Hold back");
            }
        }
        html.element("a", "Delete all …", "href", link(name) + "&ask=delete", "class", "button").close("div", "section");
        items(name, after);
    }

    private void question(TargetView target) {
        html.open("div", "class", "banner bad").element("strong", "Delete all that waits?").element("span",
                MqttText.count(target.items()) + " items are gone for good; whose request was accepted is told so.")
                .open("div", "class", "buttons").open("form", "method", "post", "action", PATH + "?action=deleteAll&target="
                        + encode(target.target())).element("button", "Delete them", "class", "danger").close("form")
                .element("a", "No", "href", link(target.target()), "class", "button").close("div", "div");
    }

    private void button(String action, String target, String title) {
        html.open("form", "method", "post", "action", PATH + "?action=" + action + "&target=" + encode(target))
                .element("button", title, "class", "small").close("form");
    }

    private void fact(String name, String value) {
        html.open("tr").element("th", name).element("td", value).close("tr");
    }

    private void items(String target, long after) {
        List<OutboundItem> items = queue.items(target, after, ROWS);
        html.open("section").element("h2", "In the order of leaving");
        if (items.isEmpty()) {
            html.element("p", after > 0 ? "No more." : "None.", "class", "none").close("section");
            return;
        }
        html.open("div", "class", "wide").open("table", "class", "list");
        OverviewPlugin.head(html, "Request", "From", "To", "Category", "Taken in", "Expires", "Size", "What it is", "");
        items.forEach(item -> {
            html.open("tr").open("td").open("a", "href", PATH + "?item=" + item.sequence())
                    .text(item.request().operation().name()).close("a").element("small", item.request().requestIdentifier())
                    .close("td").open("td").element("bdi", item.request().from().orElse("–")).close("td")
                    .open("td").element("bdi", item.request().to()).close("td")
                    .element("td", OutboundText.category(item)).element("td", OutboundText.time(item.since()))
                    .element("td", OutboundText.time(item.expiration()))
                    .element("td", MqttText.bytes(item.bytes()), "class", "number").element("td", OutboundText.reason(item))
                    .open("td");
            delete(item);
            html.close("td", "tr");
        });
        html.close("table", "div");
        if (items.size() == ROWS) {
            html.open("p", "class", "pager").element("a", "later ones", "href",
                    link(target) + "&after=" + items.get(items.size() - 1).sequence()).close("p");
        }
        html.close("section");
    }

    private void delete(OutboundItem item) {
        html.open("form", "method", "post", "action", PATH + "?action=delete&item=" + item.sequence() + "&target="
                + encode(item.target())).element("button", "Delete", "class", "small").close("form");
    }

    // ---- one item ---------------------------------------------------------------------------------------------------

    void item(long sequence) {
        Optional<OutboundItem> found = queue.item(sequence);
        html.open("nav", "class", "crumbs").element("a", "Outbound queue", "href", PATH);
        found.ifPresent(item -> html.element("a", item.target(), "href", link(item.target())));
        html.close("nav");
        if (found.isEmpty()) {
            html.open("div", "class", "banner good").element("strong", "It waits no more").element("span",
                    "It has left, or was given up.").close("div");
            return;
        }
        OutboundItem item = found.get();
        html.open("section").element("h2", item.request().operation() + " " + item.request().requestIdentifier())
                .open("table", "class", "facts");
        fact("What it is", OutboundText.reason(item));
        fact("Category", OutboundText.category(item));
        fact("Taken in", OutboundText.time(item.since()));
        fact("Expires", OutboundText.time(item.expiration()));
        fact("Size", MqttText.bytes(item.bytes()));
        html.close("table").open("div", "class", "buttons");
        delete(item);
        html.close("div").element("pre", OutboundText.json(item)).close("section");
    }
}
