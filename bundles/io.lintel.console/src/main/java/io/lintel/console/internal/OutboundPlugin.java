// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.cse.api.OutboundQueueAdministration;
import io.lintel.cse.api.OutboundQueueAdministration.TargetView;
import io.lintel.cse.api.store.OutboundItem;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outbound queue for its administrator: targets, what waits for each, and what may be done about it; as pages, and as
 * JSON for scripts ({@code /console/outbound/queue.json}). Reads are GETs; what changes something is a POST, which
 * {@link Login} takes from this site's own pages and from scripts only, as this class does. Targets and requests come
 * from anybody, so all of them are escaped. What is done is logged by the CSE.
 */
@Component(service = Servlet.class, property = {"felix.webconsole.label=outbound", "felix.webconsole.title=Outbound queue",
        "felix.webconsole.category=Lintel"})
public final class OutboundPlugin extends LintelPlugin {
    static final String PATH = "/console/outbound";
    static final String DATA = PATH + "/queue.json";

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(OutboundPlugin.class);
    private static final long PATIENCE_SECONDS = 30;
    private static final int MOST = 1000;

    private final transient NodeState state;

    @Activate
    public OutboundPlugin(@Reference NodeState state) {
        this.state = state;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        if (!DATA.equals(request.getRequestURI())) {
            super.doGet(request, response);
            return;
        }
        Optional<OutboundQueueAdministration> queue = state.outboundQueue();
        if (queue.isEmpty()) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        } else {
            json(response, data(queue.get(), request));
        }
    }

    /** One item, the items of a target, or all targets. */
    private static Map<String, Object> data(OutboundQueueAdministration queue, HttpServletRequest request) {
        Map<String, Object> answer = new LinkedHashMap<>();
        if (request.getParameter("item") != null) {
            queue.item(number(request, "item")).ifPresent(item -> {
                answer.putAll(OutboundText.facts(item));
                answer.put("primitive", OutboundText.json(item));
            });
        } else if (request.getParameter("target") != null) {
            int limit = (int) Math.min(MOST, Math.max(1, request.getParameter("limit") == null ? OutboundPages.ROWS
                    : number(request, "limit")));
            List<OutboundItem> items = queue.items(parameter(request, "target"), number(request, "after"), limit);
            answer.put("items", items.stream().map(OutboundText::facts).toList());
        } else {
            answer.put("targets", queue.targets().stream().map(OutboundPlugin::facts).toList());
        }
        return answer;
    }

    private static Map<String, Object> facts(TargetView target) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("target", target.target());
        facts.put("items", target.items());
        facts.put("bytes", target.bytes());
        facts.put("since", target.sinceMillis());
        facts.put("state", target.state().name().toLowerCase(java.util.Locale.ROOT));
        facts.put("until", target.untilMillis());
        facts.put("trouble", target.trouble());
        return facts;
    }

    @Override
    void render(HttpServletRequest request, Html html) {
        Optional<OutboundQueueAdministration> queue = state.outboundQueue();
        if (queue.isEmpty()) {
            html.open("div", "class", "banner bad").element("strong", "No outbound queue").element("span",
                    "The CSE has not started.").close("div");
            return;
        }
        OutboundPages pages = new OutboundPages(queue.get(), html);
        if (request.getParameter("item") != null) {
            pages.item(number(request, "item"));
        } else if (request.getParameter("target") != null) {
            pages.target(parameter(request, "target"), number(request, "after"), parameter(request, "ask"));
        } else {
            pages.targets(number(request, "from"));
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (Login.isForgedChange(request)) {
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        Optional<OutboundQueueAdministration> queue = state.outboundQueue();
        if (queue.isEmpty()) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        Object done;
        try {
            done = change(queue.get(), request);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the outbound queue was not changed: {}", e.toString());
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        if (DATA.equals(request.getRequestURI())) {
            json(response, Map.of("done", done));
        } else {
            String target = parameter(request, "target");
            response.sendRedirect(target.isEmpty() || done.equals(0L) ? PATH : OutboundPages.link(target));
        }
    }

    /** Does it and says whether, or how often. */
    private static Object change(OutboundQueueAdministration queue, HttpServletRequest request)
            throws ExecutionException, TimeoutException, InterruptedException {
        String target = parameter(request, "target");
        return switch (parameter(request, "action")) {
            case "delete" -> await(queue.delete(number(request, "item")));
            case "deleteAll" -> await(queue.deleteAll(target));
            case "try" -> queue.tryAgain(target);
            case "hold" -> await(queue.hold(target, true));
            case "release" -> await(queue.hold(target, false));
            default -> false;
        };
    }

    private static <T> T await(CompletionStage<T> stage) throws ExecutionException, TimeoutException, InterruptedException {
        return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void json(HttpServletResponse response, Map<String, Object> answer) throws IOException {
        response.setContentType("application/json");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader("Cache-Control", "no-store");
        response.getWriter().write(Json.write(answer));
    }

    private static String parameter(HttpServletRequest request, String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    /** A number that is not negative; 0 for anything else. */
    private static long number(HttpServletRequest request, String name) {
        String value = parameter(request, name);
        return value.matches("\\d{1,18}") ? Long.parseLong(value) : 0;
    }
}
