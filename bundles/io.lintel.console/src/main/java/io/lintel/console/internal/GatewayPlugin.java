// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.cse.api.Cse;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The machine for its administrator: what the node's own {@code <node>} shows, and what its objects do, by ordinary requests
 * to the CSE, so that a person here sees and may do what a manager elsewhere does. What changes something is a POST, which
 * {@link Login} takes from this site's own pages only. What was refused is said on the next page.
 */
@Component(service = Servlet.class, property = {"felix.webconsole.label=gateway", "felix.webconsole.title=Gateway",
        "felix.webconsole.category=Lintel"})
public final class GatewayPlugin extends LintelPlugin {
    static final String PATH = "/console/gateway";

    private static final long serialVersionUID = 1L;
    /** What may be asked of an object: its element by the executable. */
    private static final Map<String, String> ACTIONS = Map.of("act", "m2m:swr", "dea", "m2m:swr",
            "rbo", "m2m:rbo", "lga", "m2m:evl", "lgo", "m2m:evl");
    private static final Set<String> SHOWN = Set.of("m2m:dvi", "m2m:mem", "m2m:bat", "m2m:swr", "m2m:rbo", "m2m:evl", "m2m:fwr");

    private final transient NodeState state;
    private final transient AtomicReference<String> refusal = new AtomicReference<>();

    @Activate
    public GatewayPlugin(@Reference NodeState state) {
        this.state = state;
    }

    @Override
    void render(HttpServletRequest request, Html html) {
        Optional<Cse> cse = state.cse();
        if (cse.isEmpty()) {
            html.open("div", "class", "banner bad").element("strong", "No CSE").element("span",
                    "It has not started.").close("div");
            return;
        }
        Optional.ofNullable(refusal.getAndSet(null)).ifPresent(why -> html.open("div", "class", "banner bad")
                .element("strong", "Refused").element("span", why).close("div"));
        if ("wait".equals(request.getParameter("ask"))) {
            html.raw("<meta http-equiv=\"refresh\" content=\"10;url=/console/gateway\">").open("div", "class", "banner look")
                    .element("strong", "The node starts again").element("span", "This page looks for it in ten seconds; you will"
                            + " have to log in once more.").close("div");
            return;
        }
        try {
            TreeReader reader = new TreeReader(cse.get());
            Optional<String> address = address(cse.get(), reader);
            List<TreeReader.Node> objects = address.isEmpty() ? List.of() : objects(reader, address.get());
            new GatewayPages(html).show(objects, "restart".equals(request.getParameter("ask")));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            html.element("p", "Interrupted.", "class", "none");
        }
    }

    /** The node that the CSEBase leads to. */
    private static Optional<String> address(Cse cse, TreeReader reader) throws InterruptedException {
        return reader.attributes(cse.identity().baseName()).text("nl");
    }

    private static List<TreeReader.Node> objects(TreeReader reader, String address) throws InterruptedException {
        List<TreeReader.Node> objects = new ArrayList<>();
        for (TreeReader.Child child : reader.read(address).children()) {
            if (child.type().filter(type -> type != ResourceTypes.MGMT_OBJ).isEmpty()) {
                TreeReader.Node object = reader.read(child.address());
                if (SHOWN.contains(object.memberName())) {
                    objects.add(object);
                }
            }
        }
        return objects;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (Login.isForgedChange(request)) {
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        String action = Optional.ofNullable(request.getParameter("action")).orElse("");
        String object = Optional.ofNullable(request.getParameter("object")).orElse("");
        Optional<Cse> cse = state.cse();
        if (cse.isEmpty() || !ACTIONS.containsKey(action)) {
            response.sendError(cse.isEmpty() ? HttpServletResponse.SC_SERVICE_UNAVAILABLE : HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        try {
            TreeReader reader = new TreeReader(cse.get());
            Optional<String> node = address(cse.get(), reader);
            // Objects of the node alone: an address from outside is never followed.
            Optional<TreeReader.Child> child = node.isEmpty() ? Optional.empty() : reader.read(node.get()).children().stream()
                    .filter(each -> each.name().equals(object)).findFirst();
            refusal.set(child.isEmpty() ? "there is no object " + object : reader.update(child.get().address(),
                    ACTIONS.get(action), Attributes.of(action, true)).orElse(null));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        response.sendRedirect(action.equals("rbo") && refusal.get() == null ? PATH + "?ask=wait" : PATH);
    }
}
