package io.fcnspark.spark.model;

import io.fcnspark.spark.storage.RemoteFolder;
import io.fcnspark.weights.BundleStore;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** A model bundle on any Hadoop file system, to be written. */
public record RemoteBundle(RemoteFolder folder) {
    /**
     * Makes the bundle hold another model, as {@link ModelBundle#replace}.
     *
     * @param weights a local safetensors file with the hash that the description has
     */
    public void replace(ModelDescription description, Path weights) throws IOException {
        ModelBundle.replace(new Store(folder), description, name -> folder.put(weights, name));
    }

    private record Store(RemoteFolder folder) implements BundleStore {
        @Override
        public Set<String> names() throws IOException {
            return folder.names();
        }

        @Override
        public String text(String name) throws IOException {
            return folder.text(name);
        }

        @Override
        public void putText(String text, String name) throws IOException {
            folder.putText(text, name);
        }

        @Override
        public void move(String from, String to) throws IOException {
            folder.move(from, to);
        }

        @Override
        public void delete(String name) throws IOException {
            folder.delete(name);
        }
    }
}
