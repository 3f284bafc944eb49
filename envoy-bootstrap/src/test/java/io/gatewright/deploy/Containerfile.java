package io.gatewright.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/** The Containerfile of both images. Immutable. */
record Containerfile(List<Stage> stages) {
    /** One line, continuations joined. */
    record Instruction(String name, String arguments) {}

    /**
     * What follows a FROM.
     *
     * @param from an image, or the name of an earlier stage
     */
    record Stage(String name, String from, List<Instruction> instructions) {
        List<String> all(String instruction) {
            return instructions.stream()
                    .filter(line -> line.name().equals(instruction))
                    .map(Instruction::arguments)
                    .toList();
        }
    }

    static Containerfile read() {
        List<Stage> stages = new ArrayList<>();
        String text = DeployFile.text("container/Containerfile")
                .replaceAll("(?m)^#.*\n", "")
                .replace("\\\n", "");
        for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
            String[] parts = line.split("\\s+", 2);
            if (parts[0].equals("FROM")) {
                String[] names = parts[1].split(" AS ", -1);
                stages.add(new Stage(names[1], names[0], new ArrayList<>()));
            } else {
                stages.getLast().instructions().add(new Instruction(parts[0], parts[1]));
            }
        }
        return new Containerfile(List.copyOf(stages));
    }

    boolean has(String stage) {
        return stages.stream().anyMatch(one -> one.name().equals(stage));
    }

    Stage stage(String name) {
        return stages.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("the Containerfile has no stage " + name));
    }

    /** The words of the last ENTRYPOINT of a stage. */
    List<String> entrypoint(String stage) {
        return DeployFile.texts(DeployFile.json(stage(stage).all("ENTRYPOINT").getLast()));
    }
}
