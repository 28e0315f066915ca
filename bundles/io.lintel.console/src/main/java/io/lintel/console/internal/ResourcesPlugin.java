// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.cse.api.Cse;
import io.lintel.primitive.AttributeDefinition;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Walks the resource tree, one resource a page: its attributes with their long names, its children, its latest content. */
@Component(service = Servlet.class, property = {"felix.webconsole.label=resources", "felix.webconsole.title=Resources",
        "felix.webconsole.category=Lintel"})
public final class ResourcesPlugin extends LintelPlugin {
    private static final long serialVersionUID = 1L;
    private static final int MAX_VALUE = 4000;

    private final transient NodeState state;

    @Activate
    public ResourcesPlugin(@Reference NodeState state) {
        this.state = state;
    }

    /** The page of the resource with this address. */
    static String link(String address) {
        return "/console/resources?r=" + URLEncoder.encode(address, StandardCharsets.UTF_8);
    }

    @Override
    void render(HttpServletRequest request, Html html) {
        Optional<Cse> cse = state.cse();
        if (cse.isEmpty()) {
            html.open("div", "class", "banner bad").element("strong", "No CSE").element("span", "It has not started.")
                    .close("div");
            return;
        }
        String wanted = request.getParameter("r");
        String address = wanted == null || wanted.isBlank() ? cse.get().identity().baseName() : wanted.strip();
        search(html, address);
        try {
            show(html, new TreeReader(cse.get()).read(address));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            html.element("p", "Interrupted.", "class", "none");
        }
    }

    private static void search(Html html, String address) {
        html.open("form", "method", "get", "action", "/console/resources", "class", "address")
                .open("input", "name", "r", "value", address, "aria-label", "Address", "spellcheck", "false")
                .element("button", "Show").close("form");
        html.open("nav", "class", "crumbs");
        int slash = 0;
        while (slash >= 0) {
            slash = address.indexOf('/', slash + 1);
            String upTo = slash < 0 ? address : address.substring(0, slash);
            String name = upTo.substring(upTo.lastIndexOf('/') + 1);
            html.element("a", name.isEmpty() ? upTo : name, "href", link(upTo));
        }
        html.close("nav");
    }

    private static void show(Html html, TreeReader.Node node) {
        if (!node.refusal().isEmpty()) {
            html.open("div", "class", "banner bad").element("strong", node.address()).element("span", node.refusal())
                    .close("div");
            return;
        }
        Optional<ResourceType> type = ResourceTypes.ofMember(node.memberName());
        html.open("div", "class", "columns resource").open("section");
        html.open("h2").text(node.attributes().text("rn").orElse(node.address()))
                .element("small", type.map(ResourceType::name).orElse(node.memberName())).close("h2");
        node.latest().ifPresent(latest -> latest(html, latest));
        attributes(html, node.attributes(), type);
        html.close("section").open("section");
        children(html, node.children());
        html.close("section", "div");
    }

    private static void latest(Html html, Attributes instance) {
        html.open("div", "class", "latest").element("span", "Latest content, " + time(instance.text("ct").orElse("")))
                .element("pre", shorten(instance.get("con").map(ResourcesPlugin::pretty).orElse(""))).close("div");
    }

    private static void attributes(Html html, Attributes attributes, Optional<ResourceType> type) {
        html.open("table", "class", "facts");
        attributes.forEach((name, value) -> {
            Optional<String> longName = type.flatMap(t -> t.attribute(name)).map(AttributeDefinition::name);
            html.open("tr").open("th").text(longName.orElse(name));
            longName.ifPresent(ignored -> html.element("small", name));
            html.close("th").open("td");
            value(html, name, value);
            html.close("td", "tr");
        });
        html.close("table");
    }

    private static void value(Html html, String name, Object value) {
        switch (name) {
            case "pi" -> {
                if (value instanceof String parent && !parent.isEmpty()) {
                    html.element("a", parent, "href", link(parent));
                }
            }
            case "acpi" -> {
                for (Object policy : value instanceof List<?> list ? list : List.of(value)) {
                    html.open("div").element("a", String.valueOf(policy), "href", link(String.valueOf(policy))).close("div");
                }
            }
            case "ty" -> html.text(value + (value instanceof Long number ? " – " + typeName(number.intValue()) : ""));
            case "ct", "lt", "et" -> html.text(time(String.valueOf(value)));
            default -> {
                if (value instanceof Attributes
                        || value instanceof List<?> list && list.stream().anyMatch(Attributes.class::isInstance)) {
                    html.element("pre", shorten(pretty(value)));
                } else if (value instanceof List<?> list) {
                    list.forEach(element -> html.element("div", String.valueOf(element)));
                } else {
                    html.text(shorten(String.valueOf(value)));
                }
            }
        }
    }

    private static void children(Html html, List<TreeReader.Child> children) {
        html.element("h2", "Children" + (children.isEmpty() ? "" : " (" + children.size()
                + (children.size() >= TreeReader.MAX_CHILDREN ? " shown" : "") + ")"));
        if (children.isEmpty()) {
            html.element("p", "None.", "class", "none");
            return;
        }
        html.open("table", "class", "list");
        children.stream().sorted(Comparator.comparing((TreeReader.Child child) -> child.type().orElse(0))).forEach(child ->
                html.open("tr").open("td").element("a", child.name(), "href", link(child.address())).close("td")
                        .element("td", child.type().map(ResourcesPlugin::typeName).orElse("")).close("tr"));
        html.close("table");
    }

    private static String typeName(int number) {
        return ResourceTypes.ofNumber(number).map(ResourceType::name).orElse("type " + number);
    }

    /** {@code 20260102T030405} as a person reads it; anything else as it stands. */
    static String time(String timestamp) {
        if (!timestamp.matches("\\d{8}T\\d{6}.*")) {
            return timestamp;
        }
        return timestamp.substring(0, 4) + "-" + timestamp.substring(4, 6) + "-" + timestamp.substring(6, 8) + " "
                + timestamp.substring(9, 11) + ":" + timestamp.substring(11, 13) + ":" + timestamp.substring(13, 15) + " UTC";
    }

    /** A value over several lines, indented. */
    static String pretty(Object value) {
        StringBuilder out = new StringBuilder();
        pretty(out, value, "");
        return out.toString();
    }

    private static void pretty(StringBuilder out, Object value, String indent) {
        String deeper = indent + "  ";
        if (value instanceof Attributes attributes) {
            attributes.forEach((name, member) -> {
                out.append(out.length() == 0 ? "" : "\n").append(indent).append(name).append(": ");
                boolean nested = member instanceof Attributes
                        || member instanceof List<?> l && l.stream().anyMatch(Attributes.class::isInstance);
                pretty(out, member, nested ? deeper : "");
            });
        } else if (value instanceof List<?> list && list.stream().anyMatch(Attributes.class::isInstance)) {
            for (Object element : list) {
                out.append(out.length() == 0 ? "" : "\n").append(indent).append("–");
                pretty(out, element, deeper);
            }
        } else if (value instanceof List<?> list) {
            out.append(String.join(", ", list.stream().map(String::valueOf).toList()));
        } else {
            out.append(value);
        }
    }

    private static String shorten(String text) {
        return text.length() <= MAX_VALUE ? text : text.substring(0, MAX_VALUE) + " … (" + text.length() + " characters)";
    }
}
