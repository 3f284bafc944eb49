/**
 * The chain of hashes over the registry's history, and the file that carries it elsewhere. Pure: JSON and SHA-256.
 *
 * <p>Start at {@link io.gatewright.audit.AuditChain}. Knows neither documents nor kinds, so that it verifies what other
 * versions wrote, and runs where no database is. Must not depend on anything else of Gatewright.
 */
@NullMarked
package io.gatewright.audit;

import org.jspecify.annotations.NullMarked;
