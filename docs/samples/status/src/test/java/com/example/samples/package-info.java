/** The sample against a real Postgres, with a sequencer and a subscription. */
@NullMarked
package com.example.samples;

import org.jspecify.annotations.NullMarked;
