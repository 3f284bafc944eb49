package io.gatewright.settings;

import io.gatewright.settings.Body.Setting;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is set at one scope, by key. Immutable. Kept as arrays, since it is gone through on every resolution and holds no
 * more than there are keys.
 */
final class ScopeSettings {
    static final ScopeSettings EMPTY = new ScopeSettings(new Document[0], new Setting[0]);

    private final Document[] documents;
    private final Setting[] settings;

    private ScopeSettings(Document[] documents, Setting[] settings) {
        this.documents = documents;
        this.settings = settings;
    }

    boolean isEmpty() {
        return settings.length == 0;
    }

    /** With one more key; the key is not among these. */
    ScopeSettings plus(Document document, Setting setting) {
        int end = settings.length;
        ScopeSettings next = new ScopeSettings(Arrays.copyOf(documents, end + 1), Arrays.copyOf(settings, end + 1));
        next.documents[end] = document;
        next.settings[end] = setting;
        return next;
    }

    /** Without a key; the key is among these. */
    ScopeSettings minus(Key<?> key) {
        int gone = indexOf(key);
        int last = settings.length - 1;
        ScopeSettings next = new ScopeSettings(Arrays.copyOf(documents, last), Arrays.copyOf(settings, last));
        if (gone < last) {
            next.documents[gone] = documents[last];
            next.settings[gone] = settings[last];
        }
        return next;
    }

    /** The document that sets the key here, or null. */
    @Nullable
    Document get(Key<?> key) {
        int index = indexOf(key);
        return index < 0 ? null : documents[index];
    }

    void forEach(Consumer<Setting> action) {
        for (Setting setting : settings) {
            action.accept(setting);
        }
    }

    private int indexOf(Key<?> key) {
        for (int i = 0; i < settings.length; i++) {
            if (settings[i].key() == key) {
                return i;
            }
        }
        return -1;
    }
}
