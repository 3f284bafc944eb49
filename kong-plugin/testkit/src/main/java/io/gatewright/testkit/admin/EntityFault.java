package io.gatewright.testkit.admin;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An entity that the simulated Kong refuses. Immutable.
 *
 * @param type such as {@code plugin}
 * @param field with dots, or {@code @entity} when it is none in particular
 */
public record EntityFault(String type, JsonNode entity, String field, String message) {}
