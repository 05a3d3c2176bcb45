package io.fcnspark.spark.export;

import io.fcnspark.errors.OutputException;
import io.fcnspark.errors.Setting;
import io.fcnspark.exports.Document;
import io.fcnspark.exports.ImageExport;
import io.fcnspark.exports.LabelFormat;
import io.fcnspark.spark.storage.HadoopPaths;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;

/** The folder of an export, on any Hadoop file system. */
final class ExportFolder {
    private static final Setting OUTPUT = new Setting("output");
    private static final String ZIP = "annotations.zip";

    private final Path folder;
    private final FileSystem fileSystem;

    private ExportFolder(Path folder, Configuration configuration) throws IOException {
        this.folder = folder;
        this.fileSystem = HadoopPaths.withoutChecksums(folder, configuration);
    }

    /** A folder, whatever it holds. */
    static ExportFolder at(String uri, Configuration configuration) throws IOException {
        return new ExportFolder(HadoopPaths.of(uri), configuration);
    }

    /**
     * A folder that holds nothing yet: files of two exports would not be told apart.
     *
     * @throws OutputException if it holds something, or cannot be read
     */
    static ExportFolder empty(String uri, Configuration configuration) {
        try {
            ExportFolder export = at(uri, configuration);
            try {
                if (export.fileSystem.listStatusIterator(export.folder).hasNext()) {
                    throw new OutputException(
                            OUTPUT, "output %s holds something already: name another, or empty it".formatted(uri));
                }
            } catch (FileNotFoundException e) {
                export.fileSystem.mkdirs(export.folder);
            }
            return export;
        } catch (IOException e) {
            throw new OutputException(OUTPUT, "output %s cannot be used: %s".formatted(uri, HadoopPaths.reason(e)), e);
        }
    }

    void write(ImageExport.File file) throws IOException {
        try (OutputStream out = create(file.path())) {
            out.write(file.bytes());
        }
    }

    /** Writes the documents, or all there is into one file, and returns the names of what it wrote. */
    List<String> write(LabelFormat format, JavaRDD<ExportedParts> parts) {
        try {
            if (format.packing() == LabelFormat.Packing.ZIP) {
                zip(format.documents(), parts);
                return List.of(ZIP);
            }
            List<String> written = new ArrayList<>();
            for (Document document : format.documents()) {
                try (OutputStream out = create(document.path())) {
                    write(document, parts, out);
                }
                written.add(document.path());
            }
            return written;
        } catch (IOException e) {
            throw new OutputException(
                    OUTPUT, "output %s cannot be written: %s".formatted(folder, HadoopPaths.reason(e)), e);
        }
    }

    private void zip(List<Document> documents, JavaRDD<ExportedParts> parts) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(create(ZIP))) {
            for (Document document : documents) {
                zip.putNextEntry(new ZipEntry(document.path()));
                write(document, parts, zip);
                zip.closeEntry();
            }
            Iterator<ExportedParts> images = parts.toLocalIterator();
            while (images.hasNext()) {
                for (ImageExport.File file : images.next().export().files()) {
                    zip.putNextEntry(new ZipEntry(file.path()));
                    zip.write(file.bytes());
                    zip.closeEntry();
                }
            }
        }
    }

    private static void write(Document document, JavaRDD<ExportedParts> parts, OutputStream out) throws IOException {
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        for (Document.Piece piece : document.pieces()) {
            if (piece instanceof Document.Text text) {
                writer.write(text.text());
            } else if (piece instanceof Document.Parts those) {
                String separator = "";
                Iterator<ExportedParts> images = parts.toLocalIterator();
                while (images.hasNext()) {
                    writer.write(separator);
                    writer.write(images.next().export().parts().get(those.number()));
                    separator = those.separator();
                }
            }
        }
        writer.flush();
    }

    private OutputStream create(String path) throws IOException {
        try {
            return fileSystem.create(HadoopPaths.below(folder, path), true);
        } catch (IllegalArgumentException e) {
            // HDFS allows no colon.
            throw new IOException("%s:// has no files of the name %s".formatted(fileSystem.getScheme(), path), e);
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
