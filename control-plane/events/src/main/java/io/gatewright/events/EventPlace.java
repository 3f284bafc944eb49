package io.gatewright.events;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last event that a reader has seen, as {@code EPOCH-OFFSET}. Immutable. The pair never means two events.
 *
 * @param epoch of the event; 0 when it was not told, which stands for the one of the log now
 * @param offset of the event; −1 before the first
 */
public record EventPlace(int epoch, long offset) {
    /** Before the first event that there ever was. */
    public static final EventPlace BEGINNING = new EventPlace(0, -1);

    private static final Pattern TEXT = Pattern.compile("(?:([0-9]{1,9})-)?(-1|[0-9]{1,18})");

    /** Reads an offset, with or without its epoch; empty when it is neither. */
    public static Optional<EventPlace> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int epoch = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
        return Optional.of(new EventPlace(epoch, Long.parseLong(matcher.group(2))));
    }

    /** What {@link #parse} reads. */
    @Override
    public String toString() {
        return epoch + "-" + offset;
    }
}
