package io.gatewright.events.schema;

import io.gatewright.events.CloudEvent;
import io.gatewright.events.EventCheck;
import java.util.List;

/** Lets through what the catalogue knows and its schema allows, in the closed reading. Thread-safe, immutable. */
public final class CatalogCheck implements EventCheck {
    private final SchemaCatalog catalog;

    public CatalogCheck(SchemaCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public List<String> problems(CloudEvent event) {
        return catalog.violations(event.json(), Reading.PRODUCER).stream()
                .map(Violation::toString)
                .toList();
    }
}
