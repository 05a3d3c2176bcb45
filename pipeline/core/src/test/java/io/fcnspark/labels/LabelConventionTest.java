package io.fcnspark.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.labels.LabelConvention.Encoding;
import io.fcnspark.labels.LabelConvention.Unlisted;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LabelConventionTest {
    static List<String> names() {
        return LabelConventions.NAMES;
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyBuiltInConventionComesBackFromItsJson(String name) {
        LabelConvention convention = LabelConventions.of(name);

        assertThat(convention.classes().name()).isEqualTo(name);
        assertThat(LabelConventions.fromJson(LabelConventions.toJson(convention).toString(), "test"))
                .isEqualTo(convention);
        for (LabelClass c : convention.classes().classes()) {
            assertThat(convention.ids()).containsValue(c.id());
        }
    }

    @Test
    void classesAreThoseOfTheDataSets() {
        assertThat(LabelConventions.of("voc").classes().size()).isEqualTo(21);
        assertThat(LabelConventions.of("voc").classes().names()).contains("background", "aeroplane", "tvmonitor");
        assertThat(LabelConventions.of("voc").classes().classes())
                .allSatisfy(c -> assertThat(c.colour()).isEqualTo(Palettes.voc(c.id())));
        assertThat(LabelConventions.of("camvid").classes().names())
                .containsExactly(
                        "Sky",
                        "Building",
                        "Pole",
                        "Road",
                        "Pavement",
                        "Tree",
                        "SignSymbol",
                        "Fence",
                        "Car",
                        "Pedestrian",
                        "Bicyclist");
        assertThat(LabelConventions.of("cityscapes").classes().size()).isEqualTo(19);
        assertThat(LabelConventions.of("ade20k").classes().size()).isEqualTo(150);
        assertThat(LabelConventions.of("ade20k").classes().names())
                .startsWith("wall")
                .endsWith("flag");
        assertThat(LabelConventions.of("kitti-road").classes().names()).containsExactly("background", "road");
    }

    /** Values of the first entries as the VOC development kit prints them. */
    @ParameterizedTest
    @CsvSource({
        "0, 000000",
        "1, 800000",
        "2, 008000",
        "3, 808000",
        "8, 400000",
        "15, C08080",
        "20, 004080",
        "255, E0E0C0"
    })
    void vocColours(int id, String colour) {
        assertThat(Palettes.voc(id)).isEqualTo(Integer.parseInt(colour, 16));
    }

    @Test
    void vocColoursAreDistinct() {
        assertThat(IntStream.range(0, 256).map(Palettes::voc)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            voc        | JPEGImages/2007_000129.jpg                    | SegmentationClass/2007_000129.png
            voc        | VOC2012/JPEGImages/a.jpg                      | VOC2012/SegmentationClass/a.png
            voc        | a.jpg                                         | a.png
            voc        | a.jpg                                         | SegmentationClass/a.png
            voc        | JPEGImages/a.jpg                              | a.png
            camvid     | val/0016E5_07959.png                          | valannot/0016E5_07959.png
            camvid     | 0016E5_07959.png                              | 0016E5_07959.png
            camvid     | 0016E5_07959.png                              | valannot/0016E5_07959.png
            camvid     | SegNet/CamVid/test/a.png                      | SegNet/CamVid/testannot/a.png
            cityscapes | leftImg8bit/val/ulm/u_1_leftImg8bit.png       | gtFine/val/ulm/u_1_gtFine_labelIds.png
            cityscapes | val/ulm/u_1_leftImg8bit.png                   | val/ulm/u_1_gtFine_labelIds.png
            cityscapes | val/ulm/u_1_leftImg8bit.png                   | gtFine/val/ulm/u_1_gtFine_labelIds.png
            cityscapes | u_1_leftImg8bit.png                           | u_1_gtFine_labelIds.png
            ade20k     | images/validation/ADE_val_00000001.jpg        | annotations/validation/ADE_val_00000001.png
            ade20k     | validation/ADE_val_00000001.jpg               | validation/ADE_val_00000001.png
            ade20k     | ADE_val_00000001.jpg                          | ADE_val_00000001.png
            kitti-road | training/image_2/um_000000.png                | training/gt_image_2/um_road_000000.png
            kitti-road | image_2/umm_000012.png                        | gt_image_2/umm_road_000012.png
            kitti-road | uu_000001.png                                 | uu_road_000001.png
            """)
    void findsTruthByTheLayout(String name, String image, String truth) {
        assertThat(LabelConventions.of(name).truthCandidates(image)).contains(truth);
    }

    @Test
    void theMostLikelyCandidateComesFirstAndTheSamePathLast() {
        assertThat(LabelConventions.of("voc").truthCandidates("JPEGImages/a.jpg"))
                .containsExactly("SegmentationClass/a.png", "a.png", "JPEGImages/a.png");
        assertThat(LabelConventions.of("cityscapes").truthCandidates("x/plain.jpg"))
                .containsExactly("x/plain.png");
    }

    @Test
    void namesPassUnharmed() {
        LabelConvention plain =
                LabelConvention.plain(LabelConventions.of("camvid").classes());
        for (String stem : List.of(
                "a b", "a#b", "a%20b", "a+b", "äöü-日本", "a.b.c", "a$1b", "a\\b", "a(b", "a\nb", "{x}", "..a", "a?b*")) {
            assertThat(plain.truthCandidates("images/" + stem + ".jpg").get(0)).isEqualTo("labels/" + stem + ".png");
            assertThat(plain.truthCandidates(stem + "/" + stem + ".jpeg").get(0))
                    .isEqualTo(stem + "/" + stem + ".png");
            assertThat(LabelConventions.of("voc")
                            .truthCandidates(stem + "/JPEGImages/" + stem + ".jpg")
                            .get(0))
                    .isEqualTo(stem + "/SegmentationClass/" + stem + ".png");
        }
        assertThat(plain.truthCandidates("images/without-ending")).containsExactly("images/without-ending.png");
        assertThat(plain.truthCandidates("v1.2/without-ending")).contains("v1.2/without-ending.png");
        assertThat(plain.truthCandidates(".hidden")).contains(".hidden.png");
    }

    @Test
    void plainIsWhatTheShortestJsonSays() {
        LabelConvention convention = LabelConventions.fromJson("""
                {"name": "scenes", "classes": [{"name": "sky", "colour": "#4682b4"}, {"name": "road"}]}
                """, "labels.json");

        assertThat(convention).isEqualTo(LabelConvention.plain(convention.classes()));
        assertThat(convention.classes().classes())
                .containsExactly(new LabelClass(0, "sky", 0x4682b4), new LabelClass(1, "road", 0x800000));
        assertThat(convention.classOf(1)).hasValue(1);
        assertThat(convention.classOf(255)).hasValue(Mask.IGNORE);
        assertThat(convention.classOf(2)).isEqualTo(OptionalInt.empty());
        assertThat(convention.truthCandidates("images/a.jpg")).startsWith("labels/a.png");
    }

    @Test
    void jsonMapsColoursAndSeveralValuesToAClass() {
        LabelConvention convention = LabelConventions.fromJson("""
                {"name": "x", "ignore_label": 99, "classes": [
                  {"name": "a", "values": ["#000001", "#00000F"]}, {"name": "b", "values": ["#FFFFFF"]}],
                 "truth": {"ignored": ["#123456"], "unlisted": "ignore",
                           "paths": [{"image": "(.+)_rgb\\\\.png", "truth": ["$1_seg.png"]}]}}
                """, "labels.json");

        assertThat(convention.encoding()).isEqualTo(Encoding.COLOURS);
        assertThat(convention.unlisted()).isEqualTo(Unlisted.IGNORE);
        assertThat(convention.classOf(0x00000f)).hasValue(0);
        assertThat(convention.classOf(0x123456)).hasValue(Mask.IGNORE);
        assertThat(convention.classOf(0x777777)).hasValue(Mask.IGNORE);
        assertThat(convention.truthCandidates("d/a_rgb.png")).containsExactly("d/a_seg.png", "d/a_rgb.png");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {                                                                            | is no JSON
            []                                                                           | the whole is []: expected an object
            {"classes": []}                                                              | the whole needs a string 'name'
            {"name": "x"}                                                                | 'classes' is missing
            {"name": "x", "colors": []}                                                  | the whole has the unknown key 'colors'
            {"name": "x", "classes": [{"name": "a", "colour": "red"}]}                   | classes[0].colour has "red": expected a colour "#RRGGBB"
            {"name": "x", "classes": [{"name": "a"}, {"name": "a"}]}                     | has two classes named 'a'
            {"name": "x", "classes": [{"name": "a", "values": [1]}, {"name": "b"}]}      | classes[1].values: pixel value 1 already means class 0
            {"name": "x", "classes": [{"name": "a", "values": [70000]}]}                 | pixel value 70000: expected 0 to 65535
            {"name": "x", "classes": [{"name": "a", "values": [1, "#000000"]}]}          | classes[0].values has 1: expected a colour "#RRGGBB"
            {"name": "x", "classes": [{"name": "a"}], "truth": {"unlisted": "skip"}}     | truth.unlisted is "skip": expected "error" or "ignore"
            {"name": "x", "classes": [{"name": "a"}], "truth": {"paths": [{"image": "(", "truth": []}]}}        | image path '(' is no regular expression
            {"name": "x", "classes": [{"name": "a"}], "truth": {"paths": [{"image": "a", "truth": ["$1"]}]}}    | truth path '$1' refers to group 1, but image path 'a' has 0 groups
            """)
    void saysWhatIsWrongWithAFile(String json, String message) {
        assertThatThrownBy(() -> LabelConventions.fromJson(json, "labels.json"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("labels.json is no ")
                .hasMessageContaining(message);
    }

    @Test
    void namesTheConventionsThatThereAre() {
        assertThatThrownBy(() -> LabelConventions.of("coco"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "unknown label convention 'coco': expected one of voc, camvid, cityscapes, ade20k, kitti-road,"
                                + " or a JSON file");
    }
}
