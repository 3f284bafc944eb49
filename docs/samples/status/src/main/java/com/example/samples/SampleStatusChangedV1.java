package com.example.samples;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A sample has moved from one status to the next. One event for each version of the sample. */
public record SampleStatusChangedV1(
        String sampleId,
        long version,
        @Nullable String previousStatus,
        String status,
        Instant changedAt,
        @Nullable String changedBy,
        @Nullable String reason) {}
