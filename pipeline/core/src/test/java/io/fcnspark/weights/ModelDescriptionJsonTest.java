package io.fcnspark.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Architecture.FcnArchitecture;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelDescriptionJsonTest {
    private static final String SHA256 = "0123456789abcdef".repeat(4);
    private static final ModelDescription MODEL = new ModelDescription(
            "road-8s",
            new FcnArchitecture(Variant.FCN_8S_AT_ONCE, Backbone.vgg16(0.25), Geometry.CAFFE),
            new ClassSet(
                    "kitti-road", List.of(new LabelClass(0, "other", 0xff0000), new LabelClass(1, "road", 0xff)), 255),
            Preprocessing.CAFFE_VGG16,
            SHA256,
            Map.of("made_by", "fcn import"));

    /** The format that users' scripts may depend on. */
    private static final String JSON = """
            {
              "format_version" : 1,
              "name" : "road-8s",
              "variant" : "fcn8s-atonce",
              "backbone" : {
                "name" : "vgg16",
                "width" : 0.25
              },
              "geometry" : "caffe",
              "class_set" : "kitti-road",
              "classes" : [ {
                "id" : 0,
                "name" : "other",
                "colour" : "#ff0000"
              }, {
                "id" : 1,
                "name" : "road",
                "colour" : "#0000ff"
              } ],
              "ignore_label" : 255,
              "preprocessing" : {
                "channel_order" : "bgr",
                "scale" : 1.0,
                "mean" : [ 103.939, 116.779, 123.68 ],
                "standard_deviation" : [ 1.0, 1.0, 1.0 ]
              },
              "weights_sha256" : "%s",
              "provenance" : {
                "made_by" : "fcn import"
              }
            }
            """.formatted(SHA256);

    @Test
    void writesTheFormat() {
        assertThat(ModelDescriptionJson.write(MODEL)).isEqualTo(JSON);
    }

    @Test
    void readsTheFormat() {
        assertThat(ModelDescriptionJson.read(JSON, "model.json")).isEqualTo(MODEL);
    }

    /** Version 2, of quantised models. */
    private static final String QUANTISED_JSON = JSON.replace("\"format_version\" : 1", "\"format_version\" : 2")
            .replace("""
              "variant" : "fcn8s-atonce",
              "backbone" : {
                "name" : "vgg16",
                "width" : 0.25
              },
              "geometry" : "caffe",
            """, """
              "architecture" : {
                "type" : "fcn",
                "variant" : "fcn8s-atonce",
                "backbone" : {
                  "name" : "vgg16",
                  "width" : 0.25
                },
                "geometry" : "caffe"
              },
            """)
            .replace("""
              "provenance" : {
            """, """
              "quantisation" : {
                "layers" : [ "conv1_1", "conv1_2" ],
                "scales" : {
                  "data" : 1.1,
                  "conv1_1" : 0.1
                }
              },
              "provenance" : {
            """);

    private static final ModelDescription QUANTISED = new ModelDescription(
            MODEL.name(),
            MODEL.architecture(),
            MODEL.classes(),
            MODEL.preprocessing(),
            SHA256,
            new Quantisation(List.of("conv1_1", "conv1_2"), Map.of("data", 1.1f, "conv1_1", 0.1f)),
            MODEL.provenance());

    @Test
    void quantisedModelsHaveTheSecondVersion() {
        assertThat(ModelDescriptionJson.read(QUANTISED_JSON, "model.json")).isEqualTo(QUANTISED);
        assertThat(ModelDescriptionJson.read(ModelDescriptionJson.write(QUANTISED), "model.json"))
                .isEqualTo(QUANTISED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"type\" : \"fcn\" | \"type\" : \"rnn\" | unknown architecture 'rnn': expected fcn",
                "\"conv1_1\", \"conv1_2\" | \"conv1_2\", \"conv1_1\" | expected convolutions of fcn8s-atonce, in its order",
                "\"conv1_1\", \"conv1_2\" | \"conv1_1\", \"pool1\" | expected convolutions of fcn8s-atonce, in its order",
                "\"conv1_1\", \"conv1_2\" | \"conv1_1\", \"conv2_1\" | layer 'conv2_1' is quantised, but there is no scale of 'conv1_2'",
                "\"conv1_1\" : 0.1 | \"conv1_1\" : 0.1, \"pool1\" : 0.1 | there is a scale of 'pool1'",
                "\"conv1_1\" : 0.1 | \"conv1_1\" : -0.1 | the scale of 'conv1_1' is -0.1: expected a positive number",
                "\"conv1_1\" : 0.1 | \"conv1_1\" : null | conv1_1",
            })
    void whatIsWrongWithAQuantisationIsNamed(String from, String to, String message) {
        assertThat(QUANTISED_JSON).contains(from);
        assertThatThrownBy(() -> ModelDescriptionJson.read(QUANTISED_JSON.replace(from, to), "model.json"))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("model.json")
                .hasMessageContaining(message);
    }

    @Test
    void numbersSurviveExactly() {
        ModelDescription torch = new ModelDescription(
                "m",
                new FcnArchitecture(Variant.FCN_32S, Backbone.vgg16(1.0 / 3), Geometry.SAME),
                MODEL.classes(),
                Preprocessing.TORCH,
                SHA256,
                Map.of());
        assertThat(ModelDescriptionJson.read(ModelDescriptionJson.write(torch), "x"))
                .isEqualTo(torch);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "\"format_version\" : 1 | \"format_version\" : 3 | has format_version 3, but this program reads 1 and 2",
                "\"format_version\" : 1 | \"format_version\" : 2 | Missing key 'architecture'",
                "\"format_version\" : 1, |  | has no whole number under 'format_version'",
                "\"format_version\" : 1 | \"format_version\" : \"1\" | has no whole number under 'format_version'",
                "\"variant\" | \"varient\" | 'variant': Missing key 'variant'",
                "\"width\" | \"factor\" | 'backbone.width': Missing key 'width'",
                "\"geometry\" : \"caffe\", |  | 'geometry': Missing key 'geometry'",
                "\"width\" : 0.25 | \"width\" : \"wide\" | 'backbone.width':",
                "\"width\" : 0.25 | \"width\" : null | 'backbone.width':",
                "\"width\" : 0.25 | \"width\" : 0 | width is 0.0: expected a number above 0",
                "\"id\" : 1 | \"id\" : 1.5 | 'classes.1.id':",
                "\"id\" : 1 | \"id\" : 2 | class 'road' at position 1 has id 2",
                "\"vgg16\" | \"resnet\" | unknown backbone 'resnet': expected vgg16",
                "\"fcn8s-atonce\" | \"fcn4s\" | unknown variant 'fcn4s'",
                "\"caffe\" | \"torch\" | unknown geometry 'torch'",
                "\"bgr\" | \"BGR\" | unknown channel_order 'BGR': expected rgb or bgr",
                "#0000ff | blue | class 'road' has colour 'blue': expected #rrggbb",
                "103.939, | null, | 'preprocessing.mean",
                "103.939, |  | expected three numbers each",
                "\"name\" : \"road-8s\" | \"name\" : \"a b\" | model name 'a b'",
                "0123456789abcdef | 0123 | weights_sha256",
                "\"name\" : \"road-8s\" | \"name\" : \"x\", \"name\" : \"y\" | is no valid JSON: Duplicate field 'name'",
                "\"provenance\" : { | \"provenance\" : [ | is no valid JSON",
                "} ], | } ], \"extra\" : 1, | there is no key 'extra'; expected [backbone, class_set, ",
                "\"scale\" | \"factor\" : 1, \"scale\" | there is no key 'preprocessing.factor'; expected [channel_order, mean,",
            })
    void aMistakeIsNamed(String from, String to, String message) {
        assertThat(JSON).contains(from);
        String json = JSON.replace(from, to == null ? "" : to);
        assertThatThrownBy(() -> ModelDescriptionJson.read(json, "m/model.json"))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("m/model.json: ")
                .hasMessageContaining(message);
    }

    @Test
    void whatIsNoDocumentIsNamed() {
        for (String json : new String[] {"", "[]", "null", "7", "{", JSON + "x", "\u0000"}) {
            assertThatThrownBy(() -> ModelDescriptionJson.read(json, "m/model.json"))
                    .as(json)
                    .isInstanceOf(ModelException.class)
                    .hasMessageStartingWith("m/model.json: ");
        }
    }
}
