package io.gatewright.events;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an append gives for read-your-writes: which event of which transaction, before it has an offset. Immutable. Tokens of
 * an epoch before a restore mean nothing after it.
 *
 * @param xid the transaction, as Postgres counts them over all wraparounds
 * @param seq the row in the log
 * @param partition from 0 to 63
 */
public record Token(long xid, long seq, int partition) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})-([0-9]|[1-5][0-9]|6[0-3])");

    /**
     * Reads what {@link #toString} or the SQL function {@code events.append} gave.
     *
     * @throws IllegalArgumentException when it is no token
     */
    public static Token parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "A token reads <transaction>-<row>-<partition>, this one does not: " + text);
        }
        return new Token(
                Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), Integer.parseInt(matcher.group(3)));
    }

    /** The form for headers and other languages. */
    @Override
    public String toString() {
        return xid + "-" + seq + "-" + partition;
    }
}
