package io.gatewright.bench;

import io.gatewright.envoybootstrap.EnvoyUnavailable;
import java.util.List;
import java.util.stream.Stream;

/** {@code ./gatewright bench NAME [OPTION…]}. */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) throws Exception {
        List<String> options = List.of(args).subList(Math.min(1, args.length), args.length);
        try {
            switch (args.length == 0 ? "" : args[0]) {
                case "propagation" ->
                    new PropagationBench(number(options, "--tenants", 1000), number(options, "--changes", 300)).run();
                case "policies" -> new PoliciesBench(number(options, "--rounds", 10)).run();
                case "registry" ->
                    new RegistryBench(number(options, "--tenants", 10_000), number(options, "--rounds", 5)).run();
                case "events" ->
                    new EventsBench(
                                    number(options, "--seconds", 5),
                                    number(options, "--events", 999_999),
                                    !options.contains("--without-appends"))
                            .run();
                case "pdk" -> new PdkBench(number(options, "--rounds", 5)).run();
                case "guard" -> new GuardBench(number(options, "--rounds", 5)).run();
                case "kong" ->
                    new KongBench(numbers(options, "--tenants", List.of(1_000, 10_000)), number(options, "--rounds", 5))
                            .run();
                case "xds" ->
                    new XdsBench(
                                    numbers(options, "--tenants", List.of(1_000, 10_000, 50_000, 100_000)),
                                    numbers(options, "--modules", List.of(1, 8)),
                                    options.contains("--only-streams"))
                            .run();
                default -> {
                    System.err.println("""
                            gatewright: name a bench: propagation [--tenants N] [--changes N], policies [--rounds N], \
                            registry [--tenants N] [--rounds N], events [--seconds N] [--events N] [--without-appends], \
                            pdk [--rounds N], kong [--tenants N,N…] [--rounds N], guard [--rounds N], \
                            or xds [--tenants N,N…] [--modules N,N…] [--only-streams]""");
                    System.exit(2);
                }
            }
        } catch (EnvoyUnavailable | IllegalArgumentException e) {
            System.err.println("gatewright: " + e.getMessage());
            System.exit(1);
        }
    }

    private static List<Integer> numbers(List<String> options, String name, List<Integer> otherwise) {
        int at = options.indexOf(name);
        if (at < 0) {
            return otherwise;
        }
        String text = at + 1 < options.size() ? options.get(at + 1) : "";
        if (!text.matches("[1-9][0-9]{0,5}(,[1-9][0-9]{0,5})*")) {
            throw new IllegalArgumentException(name + " needs numbers from 1 to 999999 with commas between them");
        }
        return Stream.of(text.split(",", -1)).map(Integer::valueOf).toList();
    }

    private static int number(List<String> options, String name, int otherwise) {
        int at = options.indexOf(name);
        if (at < 0) {
            return otherwise;
        }
        String text = at + 1 < options.size() ? options.get(at + 1) : "";
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw new IllegalArgumentException(name + " needs a number from 1 to 999999");
        }
        return Integer.parseInt(text);
    }
}
