package io.fcnspark.spark.export;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ImageReferencesTest {
    @Test
    void referencesAreInTheWordsOfLabelStudio() {
        assertThat(ImageReferences.of("s3a://bucket/a b.jpg")).isEqualTo("s3://bucket/a b.jpg");
        assertThat(ImageReferences.of("gs://bucket/a.jpg")).isEqualTo("gs://bucket/a.jpg");
        assertThat(ImageReferences.of("file:/data/a b+c.jpg")).isEqualTo("/data/local-files/?d=data/a%20b%2Bc.jpg");
        assertThat(ImageReferences.ofCopy("images/north/ö.jpg"))
                .isEqualTo("/data/local-files/?d=images/north/%C3%B6.jpg");
    }

    @Test
    void namesAreThoseBelowTheCommonFolder() {
        ExportNames names = ExportNames.between("s3a://b/day/a/1.jpg", "s3a://b/day/b/1.jpg");
        assertThat(names.of("s3a://b/day/a/1.jpg")).isEqualTo("a/1.jpg");
        assertThat(ExportNames.between("file:/x/1.jpg", "file:/x/1.jpg").of("file:/x/1.jpg"))
                .isEqualTo("1.jpg");
        assertThat(ExportNames.between("file:/x/s1.tar!/a.jpg", "file:/x/s2.tar!/a.jpg")
                        .of("file:/x/s1.tar!/a.jpg"))
                .isEqualTo("s1.tar/a.jpg");
    }
}
