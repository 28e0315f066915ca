// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

import org.junit.jupiter.api.Test;

import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;

/** The description of the HTTP door that is shipped is the one that the door's own tables give. */
class OpenApiTest {
    private static final Path BUNDLE = Path.of(System.getProperty("basedir", "."));
    private static final Path SHIPPED = BUNDLE.resolve("../../docs/openapi.json");

    private final JsonObject document = JsonParser.parseString(OpenApi.document()).getAsJsonObject();

    @Test
    void whatIsShippedIsWhatTheTablesGive() throws IOException {
        Path now = Files.writeString(Files.createDirectories(BUNDLE.resolve("target")).resolve("openapi.json"),
                OpenApi.document());
        assertThat(Files.exists(SHIPPED) && Files.mismatch(SHIPPED, now) < 0)
                .as("docs/openapi.json is up to date; if it is meant to change, copy " + now + " there").isTrue();
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<String> references = new ArrayList<>();
        collect(document, references);
        assertThat(references).hasSizeGreaterThan(1000).allSatisfy(reference -> assertThat(resolve(reference)).as(reference)
                .isNotNull());
    }

    @Test
    void everyResourceTypeIsThereWithItsAttributes() {
        for (ResourceType type : ResourceTypes.all()) {
            JsonObject schema = resolve("#/components/schemas/" + type.memberName().replace(':', '.')).getAsJsonObject();
            assertThat(schema.getAsJsonObject("properties").keySet()).as(type.name())
                    .containsExactlyElementsOf(type.attributes().stream().map(a -> a.shortName()).toList());
        }
        JsonObject container = resolve("#/components/schemas/m2m.cin.create").getAsJsonObject();
        assertThat(container.getAsJsonArray("required").toString()).isEqualTo("[\"con\"]");
        assertThat(container.getAsJsonObject("properties").has("ri")).as("not for clients to give").isFalse();
    }

    private static void collect(JsonElement element, List<String> references) {
        if (element.isJsonArray()) {
            element.getAsJsonArray().forEach(each -> collect(each, references));
        } else if (element.isJsonObject()) {
            for (Map.Entry<String, JsonElement> member : element.getAsJsonObject().entrySet()) {
                if (member.getKey().equals("$ref")) {
                    references.add(member.getValue().getAsString());
                } else {
                    collect(member.getValue(), references);
                }
            }
        }
    }

    private JsonElement resolve(String reference) {
        JsonElement at = document;
        for (String step : reference.substring(2).split("/")) {
            at = at == null ? null : at.getAsJsonObject().get(step);
        }
        return at;
    }
}
