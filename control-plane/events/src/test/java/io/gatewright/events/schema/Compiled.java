package io.gatewright.events.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Java text made into classes. */
final class Compiled {
    private Compiled() {}

    /** The classes of those names, which have no package, compiled into the folder without a warning. */
    static Map<String, Class<?>> in(Path folder, Map<String, String> sources)
            throws IOException, ClassNotFoundException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        List<JavaFileObject> files = sources.entrySet().stream()
                .map(entry -> source(entry.getKey(), entry.getValue()))
                .toList();
        List<String> options = List.of(
                "-d",
                folder.toString(),
                "-parameters",
                "-Xlint:all,-processing",
                "-proc:none",
                "-classpath",
                Path.of(annotations()).toString());
        boolean good =
                compiler.getTask(complaints, null, null, options, null, files).call();
        assertThat(complaints.toString()).isEmpty();
        assertThat(good).isTrue();
        Map<String, Class<?>> classes = new TreeMap<>();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, Compiled.class.getClassLoader())) {
            for (String name : sources.keySet()) {
                Class<?> type = loader.loadClass(name);
                for (Class<?> nested : type.getDeclaredClasses()) {
                    classes.put(nested.getName(), nested);
                }
                classes.put(name, type);
            }
        }
        return classes;
    }

    /** Where the only library lies that the records need. */
    private static URI annotations() {
        return URI.create(Nullable.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString());
    }

    private static JavaFileObject source(String name, String text) {
        return new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }
}
