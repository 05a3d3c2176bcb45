package io.fcnspark.exports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fcnspark.labels.CocoRle;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each format is read back as its readers read it. */
class LabelFormatTest {
    private static final List<LabelClass> CLASSES = List.of(
            new LabelClass(0, "road", 0x804080),
            new LabelClass(2, "traffic \"sign\"", 0xdcdc00),
            new LabelClass(3, "sky", 0x4682b4));

    private static final Mask MASK = new Mask(4, 3, new char[] {3, 3, 3, 3, 3, 2, 2, 3, 0, 0, 0, 0});

    private static final ExportedImage IMAGE =
            new ExportedImage(7, "north/a.b.jpg", "s3://bucket/north/a.b.jpg", MASK, 0.5, "street@0123456789ab");

    @Test
    void panopticColoursAreSegmentsOfTheDocument() throws IOException {
        LabelFormat format = LabelFormats.of("coco-panoptic", CLASSES);
        ImageExport export = format.export(IMAGE);
        JsonNode document = json(format.documents().get(0), export);
        JsonNode annotation = document.at("/annotations/0");
        assertThat(annotation.get("image_id").intValue()).isEqualTo(7);
        assertThat(annotation.get("file_name").textValue()).isEqualTo("north/a.b.png");
        assertThat(export.files()).singleElement().satisfies(file -> assertThat(file.path())
                .isEqualTo("annotations/panoptic_default/north/a.b.png"));
        BufferedImage png = image(export.files().get(0));
        for (JsonNode segment : annotation.get("segments_info")) {
            int classId = segment.get("category_id").intValue() - 1;
            assertThat(pixels(png, segment.get("id").intValue(), true))
                    .isEqualTo(segment.get("area").longValue())
                    .isEqualTo(MASK.pixelsByLabel().get(classId));
        }
        assertThat(annotation.at("/segments_info/1/bbox").toString()).isEqualTo("[1,1,2,1]");
        assertThat(document.at("/images/0/file_name").textValue()).isEqualTo("north/a.b.jpg");
        assertThat(document.at("/categories/1/name").textValue()).isEqualTo("traffic \"sign\"");
        assertThat(document.at("/categories/1/id").intValue()).isEqualTo(3);
        assertThat(document.at("/categories/1/color").toString()).isEqualTo("[220,220,0]");
    }

    @Test
    void runLengthsOfStuffPaintTheMask() throws IOException {
        LabelFormat format = LabelFormats.of("coco-stuff", CLASSES);
        JsonNode document = json(format.documents().get(0), format.export(IMAGE));
        char[] labels = new char[12];
        for (JsonNode annotation : document.get("annotations")) {
            JsonNode rle = annotation.get("segmentation");
            new CocoRle(
                            rle.at("/size/0").intValue(),
                            rle.at("/size/1").intValue(),
                            rle.get("counts").textValue())
                    .paint(labels, (char) (annotation.get("category_id").intValue() - 1));
        }
        assertThat(new Mask(4, 3, labels)).isEqualTo(MASK);
        assertThat(document.get("annotations").findValuesAsText("id")).containsExactly("25", "27", "28");
    }

    @ParameterizedTest
    @ValueSource(strings = {"voc", "cvat"})
    void indicesOfVocAreClassesAndItsPaletteTheColours(String name) throws Exception {
        LabelFormat format = LabelFormats.of(name, CLASSES);
        ImageExport export = format.export(IMAGE);
        ImageExport.File file = export.files().get(0);
        assertThat(file.path()).isEqualTo("SegmentationClass/north/a.b.png");
        assertThat(MaskPng.decode(file.bytes())).isEqualTo(MASK);
        BufferedImage png = image(file);
        for (LabelClass labelClass : CLASSES) {
            assertThat(pixels(png, labelClass.colour(), false))
                    .isEqualTo(MASK.pixelsByLabel().get(labelClass.id()));
        }
        assertThat(text(format.documents().get(0), export)).isEqualTo("north/a.b\n");
        assertThat(text(format.documents().get(1), export)).isEqualTo("""
                        # label:color_rgb:parts:actions
                        background:0,0,0::
                        road:128,64,128::
                        traffic "sign":220,220,0::
                        sky:70,130,180::
                        """);
    }

    @Test
    void coloursThatDoNotTellClassesApartAreReplaced() {
        List<LabelClass> same =
                List.of(new LabelClass(0, "road", 0), new LabelClass(1, "sky", 5), new LabelClass(2, "tree", 5));
        LabelFormat format = LabelFormats.of("voc", same);
        assertThat(text(format.documents().get(1), format.export(IMAGE)))
                .contains("background:0,0,0::", "road:128,0,0::", "sky:0,128,0::", "tree:128,128,0::");
        assertThat(DistinctColours.of(List.of(new LabelClass(0, "background", 0), new LabelClass(1, "cat", 9))))
                .extracting(LabelClass::colour)
                .containsExactly(0, 9);
    }

    @Test
    void aPaletteHolds256Classes() {
        List<LabelClass> many = List.of(new LabelClass(0, "a", 1), new LabelClass(256, "b", 2));
        assertThatThrownBy(() -> LabelFormats.of("voc", many)).hasMessageContaining("256", "255");
        assertThat(LabelFormats.of("coco-panoptic", many)).isNotNull();
    }

    @Test
    void aTaskOfLabelStudioHasAPredictionWithABrushPerClass() throws IOException {
        LabelFormat format = LabelFormats.of("label-studio", CLASSES);
        ImageExport export = format.export(IMAGE);
        JsonNode task = new ObjectMapper()
                .readTree(text(format.documents().get(0), export))
                .get(0);
        assertThat(task.at("/data/image").textValue()).isEqualTo("s3://bucket/north/a.b.jpg");
        JsonNode prediction = task.at("/predictions/0");
        assertThat(prediction.get("score").doubleValue()).isEqualTo(0.5);
        assertThat(prediction.get("model_version").textValue()).isEqualTo("street@0123456789ab");
        assertThat(prediction.get("result").findValuesAsText("original_width")).containsOnly("4");
        assertThat(prediction.at("/result/1/value/brushlabels/0").textValue()).isEqualTo("traffic \"sign\"");
        byte[] rle = LabelStudioRle.of(MASK, 2);
        assertThat(prediction.at("/result/1/value/rle")).hasSize(rle.length);
        assertThat(text(format.documents().get(1), export))
                .contains(
                        "<Image name=\"image\" value=\"$image\"/>",
                        "toName=\"image\"",
                        "traffic &quot;sign&quot;",
                        "#4682b4");
    }

    @Test
    void anUnknownFormatIsToldWithTheKnownOnes() {
        assertThatThrownBy(() -> LabelFormats.of("coco", CLASSES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "unknown format 'coco': expected one of coco-panoptic, coco-stuff, cvat, label-studio, voc");
    }

    private static JsonNode json(Document document, ImageExport export) throws IOException {
        return new ObjectMapper().readTree(text(document, export));
    }

    /** A document over one image. */
    private static String text(Document document, ImageExport export) {
        return document.pieces().stream()
                .map(piece -> piece instanceof Document.Text text
                        ? text.text()
                        : export.parts().get(((Document.Parts) piece).number()))
                .collect(Collectors.joining());
    }

    private static BufferedImage image(ImageExport.File file) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(file.bytes()));
    }

    private static long pixels(BufferedImage image, int number, boolean redIsLowest) {
        long pixels = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int rgb = image.getRGB(x, y) & 0xffffff;
                if ((redIsLowest ? Integer.reverseBytes(rgb) >>> 8 : rgb) == number) {
                    pixels++;
                }
            }
        }
        return pixels;
    }
}
