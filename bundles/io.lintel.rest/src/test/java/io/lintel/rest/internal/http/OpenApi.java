// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;

import io.lintel.primitive.AttributeDefinition;
import io.lintel.primitive.AttributeDefinition.Presence;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.internal.DataType;
import io.lintel.primitive.internal.DataTypes;
import io.lintel.primitive.internal.Member;
import io.lintel.rest.internal.mapping.QueryNames;

/**
 * The description of the HTTP door in OpenAPI 3.1, made of the tables that the door itself uses: resource types, data types,
 * headers, query fields and status codes.
 */
final class OpenApi {
    private static final List<String> TYPES = List.of("application/json", "application/xml", "application/cbor");

    private final JsonObject schemas = new JsonObject();
    private final Set<String> dataTypes = new TreeSet<>();

    private OpenApi() {
    }

    static String document() {
        return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(new OpenApi().root()) + "\n";
    }

    private JsonObject root() {
        JsonObject root = new JsonObject();
        root.addProperty("openapi", "3.1.0");
        root.add("info", object("title", "Lintel, oneM2M over HTTP", "version", "0.1.0", "description",
                "The HTTP binding of oneM2M (TS-0009) as this CSE serves it. A resource is addressed by its name or ID: "
                        + "segments with slashes between them, which OpenAPI can only write as one parameter. Whatever the "
                        + "status, X-M2M-RSC has the response status code of oneM2M.", "license", object("name", "Apache-2.0",
                        "identifier", "Apache-2.0")));
        JsonArray servers = new JsonArray();
        servers.add(object("url", "http://127.0.0.1:8080", "description", "plain, on the node's own machine only"));
        servers.add(object("url", "https://localhost:8443", "description", "for clients with a certificate"));
        root.add("servers", servers);
        JsonObject paths = new JsonObject();
        paths.add("/{resource}", path("resource"));
        paths.add("/~/{cse}/{resource}", path("cse", "resource"));
        paths.add("/_/{provider}/{cse}/{resource}", path("provider", "cse", "resource"));
        root.add("paths", paths);
        resources();
        while (!dataTypes.isEmpty()) {
            String next = dataTypes.iterator().next();
            dataTypes.remove(next);
            if (!schemas.has(name(next))) {
                schemas.add(name(next), complex(DataTypes.of(next)));
            }
        }
        JsonObject sorted = new JsonObject();
        schemas.keySet().stream().sorted().forEach(name -> sorted.add(name, schemas.get(name)));
        root.add("components", object("parameters", parameters(), "headers", headers(), "responses", responses(), "schemas",
                sorted, "securitySchemes", object("certificate", object("type", "mutualTLS"))));
        return root;
    }

    // ---- paths ------------------------------------------------------------------------------------------------------

    private JsonObject path(String... segments) {
        JsonObject path = new JsonObject();
        JsonArray parameters = new JsonArray();
        for (String segment : segments) {
            parameters.add(object("name", segment, "in", "path", "required", true, "schema", object("type", "string"),
                    "description", switch (segment) {
                        case "provider" -> "the service provider's domain";
                        case "cse" -> "a CSE-ID without its slash";
                        default -> "a name such as mn-name/app/data, or an ID; virtual resources are la, ol, fopt and pcu";
                    }));
        }
        path.add("parameters", parameters);
        path.add("get", operation("retrieve", "RETRIEVE a resource, or discover with fu=1", true, null));
        path.add("post", operation("create", "CREATE with ty in the Content-Type; without it, NOTIFY", false, "create"));
        path.add("put", operation("update", "UPDATE the attributes that are sent", true, "update"));
        path.add("delete", operation("delete", "DELETE a resource", true, null));
        segments[0] = segments[0].substring(0, 1).toUpperCase(java.util.Locale.ROOT) + segments[0].substring(1);
        for (String method : List.of("get", "post", "put", "delete")) {
            JsonObject operation = path.getAsJsonObject(method);
            operation.addProperty("operationId", operation.get("operationId").getAsString() + "By" + segments[0]);
        }
        return path;
    }

    private JsonObject operation(String id, String summary, boolean filtered, String body) {
        JsonObject operation = object("operationId", id, "summary", summary);
        JsonArray parameters = new JsonArray();
        Headers.REQUEST.keySet().forEach(header -> parameters.add(ref("parameters", header)));
        if (!id.startsWith("retrieve")) {
            parameters.add(ref("parameters", IdempotencyKey.HEADER));
        }
        parameters.add(ref("parameters", Headers.NOTIFICATION_URIS));
        QueryNames.all().keySet().stream().filter(name -> filtered || isForAll(name))
                .forEach(name -> parameters.add(ref("parameters", name)));
        operation.add("parameters", parameters);
        if (body != null) {
            JsonObject content = new JsonObject();
            for (String type : TYPES) {
                content.add(type, object("schema", ref("schemas", body)));
            }
            operation.add("requestBody", object("required", true, "content", content));
        }
        JsonObject answers = new JsonObject();
        statuses().keySet().forEach(status -> answers.add(status.toString(), ref("responses", "s" + status)));
        operation.add("responses", answers);
        return operation;
    }

    private static boolean isForAll(String name) {
        return Set.of("rt", "rp", "rcn", "da", "rids", "tids", "ltids", "tqi").contains(name);
    }

    // ---- components -------------------------------------------------------------------------------------------------

    private static JsonObject parameters() {
        JsonObject parameters = new JsonObject();
        Headers.REQUEST.forEach((header, parameter) -> parameters.add(header, object("name", header, "in", "header",
                "required", header.equals(Headers.REQUEST_ID), "schema", object("type", "string"), "description",
                parameter.shortName() + " of the primitive")));
        parameters.add(Headers.NOTIFICATION_URIS, object("name", Headers.NOTIFICATION_URIS, "in", "header", "schema",
                object("type", "string"), "description", "notification URIs of rt, joined by &"));
        parameters.add(IdempotencyKey.HEADER, object("name", IdempotencyKey.HEADER, "in", "header", "schema", object("type",
                "string"), "description", "the same request with the same key, in quotation marks, is executed once"));
        QueryNames.all().forEach((name, list) -> {
            JsonObject one = object("type", QueryNames.isInteger(name) ? "integer" : "string");
            JsonObject parameter = object("name", name, "in", "query", "schema", list ? object("type", "array", "items", one)
                    : one);
            if (list) {
                parameter.addProperty("style", "form");
                parameter.addProperty("explode", true);
            }
            parameters.add(name, parameter);
        });
        return parameters;
    }

    private static JsonObject headers() {
        JsonObject headers = new JsonObject();
        Headers.RESPONSE.forEach((header, parameter) -> headers.add(header, object("schema", object("type", "string"),
                "required", header.equals(Headers.STATUS_CODE), "description", parameter.shortName() + " of the primitive")));
        return headers;
    }

    /** Each HTTP status with what it means in oneM2M. */
    private static Map<Integer, String> statuses() {
        Map<Integer, List<String>> codes = new TreeMap<>();
        for (ResponseStatusCode code : ResponseStatusCode.values()) {
            codes.computeIfAbsent(HttpStatusCodes.ofRsc(code.code()), status -> new ArrayList<>())
                    .add(code.code() + " " + code.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        }
        Map<Integer, String> statuses = new TreeMap<>();
        codes.forEach((status, names) -> {
            names.sort(Comparator.naturalOrder());
            statuses.put(status, String.join(", ", names));
        });
        statuses.put(304, "2000, and the representation is the one that If-None-Match names");
        statuses.put(412, "4105, since If-Match or If-None-Match does not hold");
        statuses.put(413, "4000, a body that is too large");
        statuses.put(414, "4000, a request target that is too long");
        statuses.put(431, "4000, headers that are too long");
        statuses.put(503, "5103, busy: try again after Retry-After");
        return statuses;
    }

    private static JsonObject responses() {
        JsonObject responses = new JsonObject();
        statuses().forEach((status, text) -> {
            JsonObject headers = new JsonObject();
            Headers.RESPONSE.keySet().forEach(header -> headers.add(header, ref("headers", header)));
            JsonObject response = object("description", text, "headers", headers);
            if (status != 304) {
                JsonObject content = new JsonObject();
                for (String type : TYPES) {
                    content.add(type, object("schema", ref("schemas", status < 300 ? "answer" : "refusal")));
                }
                response.add("content", content);
            }
            responses.add("s" + status, response);
        });
        return responses;
    }

    private void resources() {
        JsonArray created = new JsonArray();
        JsonArray updated = new JsonArray();
        JsonArray answered = new JsonArray();
        List<ResourceType> types = ResourceTypes.all().stream().sorted(Comparator.comparing(ResourceType::memberName)).toList();
        for (ResourceType type : types) {
            String name = name(type.memberName());
            JsonObject properties = new JsonObject();
            type.attributes().forEach(attribute -> properties.add(attribute.shortName(), described(attribute)));
            schemas.add(name, object("type", "object", "title", type.name(), "description", "ty " + type.number() + ", since "
                    + type.since(), "properties", properties));
            answered.add(wrapped(type.memberName(), name));
            if (type.creatable()) {
                schemas.add(name + ".create", request(type, name, true));
                created.add(wrapped(type.memberName(), name + ".create"));
            }
            if (type.updatable()) {
                schemas.add(name + ".update", request(type, name, false));
                updated.add(wrapped(type.memberName(), name + ".update"));
            }
        }
        created.add(object("type", "object", "title", "notification", "required", array("m2m:sgn"), "properties",
                object("m2m:sgn", object("type", "object"))));
        for (String other : List.of("m2m:uri", "m2m:uril", "m2m:rrl", "m2m:rce", "m2m:rsp", "m2m:agr", "m2m:rqp")) {
            answered.add(object("type", "object", "required", array(other), "properties", object(other, new JsonObject())));
        }
        schemas.add("create", object("oneOf", created));
        schemas.add("update", object("oneOf", updated));
        schemas.add("answer", object("oneOf", answered));
        schemas.add("refusal", object("type", "object", "properties", object("m2m:dbg", object("type", "string", "description",
                "what was wrong, for a person"))));
    }

    private static JsonObject wrapped(String member, String schema) {
        return object("type", "object", "required", array(member), "properties", object(member, ref("schemas", schema)));
    }

    private static JsonObject request(ResourceType type, String name, boolean create) {
        JsonObject properties = new JsonObject();
        JsonArray required = new JsonArray();
        for (AttributeDefinition attribute : type.attributes()) {
            Presence presence = create ? attribute.create() : attribute.update();
            if (presence != Presence.NOT_PERMITTED) {
                properties.add(attribute.shortName(), ref("schemas", name + "/properties/" + attribute.shortName()));
            }
            if (presence == Presence.MANDATORY) {
                required.add(attribute.shortName());
            }
        }
        JsonObject request = object("type", "object", "properties", properties);
        if (!required.isEmpty()) {
            request.add("required", required);
        }
        return request;
    }

    // ---- data types -------------------------------------------------------------------------------------------------

    private JsonObject described(AttributeDefinition attribute) {
        JsonObject described = of(Member.of(attribute));
        described.addProperty("title", attribute.name());
        return described;
    }

    private JsonObject of(Member member) {
        JsonObject one = of(member.type());
        return member.isList() ? object("type", "array", "items", one) : one;
    }

    private JsonObject of(DataType type) {
        return switch (type.shape()) {
            case TEXT -> object("type", "string", "format", type.name());
            case INTEGER -> object("type", "integer");
            case NUMBER -> object("type", "number");
            case BOOLEAN -> object("type", "boolean");
            case SIMPLE, ANY -> new JsonObject();
            case OBJECT -> {
                if (!type.name().startsWith("m2m:")) {
                    yield object("type", "object");
                }
                dataTypes.add(type.name());
                yield ref("schemas", name(type.name()));
            }
        };
    }

    private JsonObject complex(DataType type) {
        JsonObject properties = new JsonObject();
        JsonArray required = new JsonArray();
        for (Member member : type.members()) {
            properties.add(member.name(), of(member));
            if (member.mandatory()) {
                required.add(member.name());
            }
        }
        JsonObject complex = object("type", "object", "properties", properties);
        if (!required.isEmpty()) {
            complex.add("required", required);
        }
        return complex;
    }

    // ---- JSON -------------------------------------------------------------------------------------------------------

    private static String name(String text) {
        return text.replace(':', '.');
    }

    private static JsonObject ref(String kind, String name) {
        return object("$ref", "#/components/" + kind + "/" + name);
    }

    private static JsonArray array(String text) {
        JsonArray array = new JsonArray();
        array.add(text);
        return array;
    }

    private static JsonObject object(Object... members) {
        JsonObject object = new JsonObject();
        for (int i = 0; i < members.length; i += 2) {
            String name = (String) members[i];
            Object value = members[i + 1];
            if (value instanceof com.google.gson.JsonElement element) {
                object.add(name, element);
            } else if (value instanceof Boolean flag) {
                object.addProperty(name, flag);
            } else {
                object.addProperty(name, value.toString());
            }
        }
        return object;
    }
}
