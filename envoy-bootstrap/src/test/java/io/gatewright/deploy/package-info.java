/**
 * The files under {@code deploy}, held to the programs they start: {@link io.gatewright.deploy.ComposeTest} and its neighbours read
 * them with the programs' own option readers, {@link io.gatewright.deploy.DeployIT} starts what they say as plain processes. Start
 * reading at {@link io.gatewright.deploy.Compose}.
 */
@org.jspecify.annotations.NullMarked
package io.gatewright.deploy;
