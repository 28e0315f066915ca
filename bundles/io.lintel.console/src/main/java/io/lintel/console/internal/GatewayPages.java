// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static io.lintel.console.internal.GatewayPlugin.PATH;
import static io.lintel.console.internal.MqttPlugin.encode;

import io.lintel.primitive.Attributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Draws the page about the machine. One per request. */
final class GatewayPages {
    private static final Map<String, String> DEVICE = new LinkedHashMap<>();
    private static final List<String> BATTERY = List.of("", "normal", "charging", "charged", "damaged", "low", "not installed",
            "unknown");
    private static final int IN_PROCESS = 3;
    private static final int FAILED = 2;

    static {
        DEVICE.put("man", "Manufacturer");
        DEVICE.put("mod", "Model");
        DEVICE.put("dlb", "Serial number");
        DEVICE.put("dty", "Type");
        DEVICE.put("hwv", "Hardware");
        DEVICE.put("fwv", "Firmware");
        DEVICE.put("osv", "Operating system");
        DEVICE.put("swv", "Software");
        DEVICE.put("dvnm", "Name");
    }

    private final Html html;

    GatewayPages(Html html) {
        this.html = html;
    }

    /** @param asked whether the person is to be asked about a restart */
    void show(List<TreeReader.Node> objects, boolean asked) {
        if (objects.isEmpty()) {
            html.open("div", "class", "banner bad").element("strong", "Nothing is known of this machine").element("span",
                    "The bundle io.lintel.management has not started, or the node is not made yet.").close("div");
            return;
        }
        of(objects, "m2m:rbo").stream().findFirst().filter(object -> asked).ifPresent(this::question);
        html.open("div", "class", "columns");
        html.open("div");
        of(objects, "m2m:dvi").forEach(this::device);
        memory(of(objects, "m2m:mem"), of(objects, "m2m:bat"));
        html.close("div");
        software(of(objects, "m2m:swr"));
        html.close("div");
        of(objects, "m2m:evl").forEach(this::log);
        if (!asked && !of(objects, "m2m:rbo").isEmpty()) {
            html.open("section").element("h2", "Restart").element("p", "The node's process starts again; the machine does not.",
                    "class", "none").open("div", "class", "buttons").element("a", "Restart the node …", "href",
                    PATH + "?ask=restart", "class", "button").close("div", "section");
        }
    }

    private static List<TreeReader.Node> of(List<TreeReader.Node> objects, String memberName) {
        return objects.stream().filter(object -> object.memberName().equals(memberName)).toList();
    }

    private void question(TreeReader.Node reboot) {
        html.open("div", "class", "banner bad").element("strong", "Restart the node?").element("span",
                "Its doors close for some seconds. Nothing that was acknowledged is lost.").open("div", "class", "buttons");
        button("rbo", name(reboot), "Restart it", "danger");
        html.element("a", "No", "href", PATH, "class", "button").close("div", "div");
    }

    private static String name(TreeReader.Node object) {
        return object.attributes().text("rn").orElse("");
    }

    private void button(String action, String object, String title, String style) {
        html.open("form", "method", "post", "action", PATH + "?action=" + action + "&object=" + encode(object))
                .element("button", title, "class", style).close("form");
    }

    private void device(TreeReader.Node device) {
        html.open("section").element("h2", "Device").open("table", "class", "facts");
        DEVICE.forEach((name, title) -> device.attributes().text(name).ifPresent(value -> fact(title, value)));
        html.close("table", "section");
    }

    private void fact(String name, String value) {
        html.open("tr").element("th", name).element("td", value).close("tr");
    }

    private void memory(List<TreeReader.Node> memories, List<TreeReader.Node> batteries) {
        if (memories.isEmpty() && batteries.isEmpty()) {
            return;
        }
        html.open("section").element("h2", batteries.isEmpty() ? "Memory" : "Memory and power").open("table", "class", "facts");
        for (TreeReader.Node memory : memories) {
            long total = memory.attributes().number("mmt").orElse(0L);
            long free = memory.attributes().number("mma").orElse(0L);
            html.open("tr").element("th", "Free").open("td");
            bar(total == 0 ? 0 : 100 * free / total, total > 0 && free < total / 10);
            html.text(MqttText.bytes(free) + " of " + MqttText.bytes(total)).close("td", "tr");
        }
        for (TreeReader.Node battery : batteries) {
            long level = battery.attributes().number("btl").orElse(0L);
            int status = battery.attributes().number("bts").orElse(0L).intValue();
            html.open("tr").element("th", "Battery").open("td");
            bar(level, level < 15);
            html.text(level + " %, " + BATTERY.get(Math.floorMod(status, BATTERY.size()))).close("td", "tr");
        }
        html.close("table", "section");
    }

    private void bar(long percent, boolean bad) {
        html.open("span", "class", bad ? "bar full" : "bar").open("i", "style", "width:" + Math.max(0, Math.min(100, percent))
                + "%").close("i", "span");
    }

    private void software(List<TreeReader.Node> all) {
        html.open("section").element("h2", "Software (" + all.size() + ")").open("div", "class", "wide").open("table", "class",
                "list");
        OverviewPlugin.head(html, "Name", "Version", "State", "");
        all.forEach(this::software);
        html.close("table", "div", "section");
    }

    private void software(TreeReader.Node software) {
        Attributes attributes = software.attributes();
        Optional<Attributes> activity = attributes.object("acts");
        boolean active = activity.flatMap(status -> status.text("acn")).filter("act"::equals).isPresent()
                && sus(activity) != FAILED;
        html.open("tr").open("td").open("a", "href", ResourcesPlugin.link(software.address())).element("bdi",
                attributes.text("swn").orElse(name(software))).close("a", "td")
                .element("td", attributes.text("vr").orElse("–"));
        html.open("td");
        OverviewPlugin.lamp(html, active);
        html.text(state(attributes, active)).close("td").open("td");
        // Whoever stopped the console here could not start it again.
        if (sus(activity) != IN_PROCESS && installed(attributes) && !name(software).equals("io.lintel.console")) {
            button(active ? "dea" : "act", name(software), active ? "Stop" : "Start", "small");
        }
        html.close("td", "tr");
    }

    private static boolean installed(Attributes software) {
        return software.object("ins").flatMap(status -> status.text("acn")).filter("in"::equals).isPresent();
    }

    private static long sus(Optional<Attributes> status) {
        return status.flatMap(value -> value.number("sus")).orElse(0L);
    }

    private static String state(Attributes software, boolean active) {
        Optional<Attributes> installation = software.object("ins");
        Optional<Attributes> activity = software.object("acts");
        if (sus(installation) == IN_PROCESS || sus(activity) == IN_PROCESS) {
            return "under way";
        }
        if (sus(installation) == FAILED) {
            return "installing or removing failed";
        }
        if (sus(activity) == FAILED) {
            return "starting or stopping failed";
        }
        return !installed(software) ? "not installed" : active ? "runs" : "stopped";
    }

    private void log(TreeReader.Node log) {
        boolean stopped = log.attributes().number("lgst").filter(status -> status == FAILED).isPresent();
        String text = log.attributes().text("lgd").orElse("");
        html.open("section").element("h2", name(log).equals("audit") ? "What the MQTT server refused" : "Log")
                .element("pre", text.isEmpty() ? "Nothing yet." : text, "class", "log").open("div", "class", "buttons");
        button(stopped ? "lga" : "lgo", name(log), stopped ? "Go on" : "Hold still", "small");
        html.close("div", "section");
    }
}
