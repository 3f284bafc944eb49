package io.gatewright.pdk.config;

/** A config that does not fit its record; the message names the field and what it needs. */
public final class ConfigProblem extends Exception {
    private static final long serialVersionUID = 1;

    ConfigProblem(String field, String what) {
        super((field.isEmpty() ? "The config" : field) + " " + what);
    }
}
