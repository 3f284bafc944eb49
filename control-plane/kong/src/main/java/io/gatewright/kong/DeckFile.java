package io.gatewright.kong;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;

/** A bundle as a file for decK, which brings it to a Kong with a database: YAML, sorted. Stateless. */
public final class DeckFile {
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .build();

    private DeckFile() {}

    /** decK then touches nothing but what has our tag. */
    public static String write(Bundle bundle) {
        ObjectNode file = Json.object().put("_format_version", "3.0");
        file.putObject("_info").set("select_tags", Json.array(List.of(Provenance.SELECT)));
        bundle.entities().forEach(entity -> file.withArray(entity.type().list()).add(entity.json()));
        try {
            return YAML.writeValueAsString(file);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("YAML in memory is always written", e);
        }
    }
}
