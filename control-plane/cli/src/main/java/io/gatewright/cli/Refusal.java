package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The server said no, or cannot be reached: exit code 1. Each sentence goes to a line of its own on stderr. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int MOST = 50;
    private static final Set<Integer> PASSING = Set.of(429, 503);
    private final transient List<String> sentences;
    private final boolean mayPass;

    Refusal(String sentence) {
        this(List.of(sentence));
    }

    Refusal(List<String> sentences) {
        this(sentences, false);
    }

    private Refusal(List<String> sentences, boolean mayPass) {
        super(String.join("\n", sentences), null, false, false);
        this.sentences = shortened(sentences);
        this.mayPass = mayPass;
    }

    /** One that another attempt may not meet. */
    static Refusal passing(String sentence) {
        return new Refusal(List.of(sentence), true);
    }

    /** Whether another attempt may do: nobody was reached, or it was too much for the moment. */
    boolean mayPass() {
        return mayPass;
    }

    private static List<String> shortened(List<String> sentences) {
        List<String> first = new ArrayList<>(sentences.subList(0, Math.min(MOST, sentences.size())));
        if (sentences.size() > MOST) {
            first.add("and " + (sentences.size() - MOST) + " more like these");
        }
        return List.copyOf(first);
    }

    /** What a problem+json answer says: one sentence for each problem, then what is there now. */
    static Refusal of(int status, JsonNode problem) {
        List<String> sentences = new ArrayList<>();
        for (JsonNode entry : problem.path("problems")) {
            String field = entry.path("field").asText();
            String fix = entry.path("fix").asText();
            sentences.add((field.isEmpty() ? "" : field + ": ")
                    + entry.path("message").asText()
                    + (fix.isEmpty() ? "" : "; " + fix));
        }
        if (sentences.isEmpty()) {
            String title = problem.path("title").asText("refused");
            String detail = problem.path("detail").asText();
            sentences.add(detail.isEmpty() ? title + " (" + status + ")" : title + ": " + detail);
        }
        if (status == 401) {
            sentences.add("name the token with --token-file, GATEWRIGHT_TOKEN_FILE or GATEWRIGHT_TOKEN");
        }
        JsonNode current = problem.path("current");
        if (current.isObject()) {
            JsonNode value = current.at("/body/value");
            sentences.add("it is now " + (value.isMissingNode() ? current.path("body") : value) + " (version "
                    + current.path("version").asText() + "); look at it, then try again");
        }
        return new Refusal(sentences, PASSING.contains(status));
    }

    List<String> sentences() {
        return sentences;
    }
}
