package io.fcnspark.exports;

import java.util.List;

/** What CVAT imports as "Segmentation mask 1.1": the layout of VOC with {@code labelmap.txt}, in a zip file. */
record CvatZip(VocFolder folder) implements LabelFormat {
    @Override
    public ImageExport export(ExportedImage image) {
        return folder.export(image);
    }

    @Override
    public boolean listsNames() {
        return true;
    }

    @Override
    public List<Document> documents() {
        return folder.documents();
    }

    @Override
    public Packing packing() {
        return Packing.ZIP;
    }
}
