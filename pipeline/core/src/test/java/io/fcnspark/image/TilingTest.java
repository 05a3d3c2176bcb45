package io.fcnspark.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TilingTest {
    private static final int STRIDE = 32;

    @Test
    void whatFitsIsOneTile() {
        Tile whole = new Tile(new Region(0, 0, 2048, 1024), new Region(0, 0, 2048, 1024));
        assertThat(new Tiling(1 << 21, STRIDE, 128).tiles(2048, 1024)).containsExactly(whole);
        assertThat(new Tiling(1 << 21, STRIDE, 128).tiles(2048, 1025)).hasSizeGreaterThan(1);
    }

    @Test
    void aHugeImageIsCutIntoSquares() {
        List<Tile> tiles = new Tiling(1 << 21, STRIDE, 128).tiles(20_000, 20_000);

        assertThat(tiles).hasSize(17 * 17).allSatisfy(tile -> {
            assertThat(tile.input().width()).isEqualTo(1440);
            assertThat(tile.input().height()).isEqualTo(1440);
        });
    }

    @Test
    void aLongStripIsCutAcrossOnly() {
        assertThat(new Tiling(1 << 21, STRIDE, 128).tiles(200_000, 300))
                .hasSizeBetween(30, 40)
                .allSatisfy(tile -> assertThat(tile.input().height()).isEqualTo(300));
    }

    @Property(tries = 300)
    void coresCoverTheImageOnceAndSeeEnough(
            @ForAll @IntRange(min = 1, max = 700) int width,
            @ForAll @IntRange(min = 1, max = 700) int height,
            @ForAll @IntRange(max = 2) int haloSteps,
            @ForAll @IntRange(min = 256 * 256, max = 400_000) int maxPixels) {
        int halo = haloSteps * STRIDE;
        int[] covered = new int[width * height];
        List<Tile> tiles = new Tiling(maxPixels, STRIDE, halo).tiles(width, height);
        for (Tile tile : tiles) {
            Region input = tile.input();
            Region core = tile.core();
            for (int y = 0; y < core.height(); y++) {
                for (int x = 0; x < core.width(); x++) {
                    covered[(core.top() + y) * width + core.left() + x]++;
                }
            }
            assertThat(input.left() % STRIDE).isZero();
            assertThat(input.top() % STRIDE).isZero();
            assertThat((long) padded(input.width()) * padded(input.height())).isLessThanOrEqualTo(maxPixels);
            assertThat(padded(input.width()))
                    .isEqualTo(padded(tiles.get(0).input().width()));
            assertThat(padded(input.height()))
                    .isEqualTo(padded(tiles.get(0).input().height()));
            assertSees(
                    input.left(), input.left() + input.width(), core.left(), core.left() + core.width(), width, halo);
            assertSees(input.top(), input.top() + input.height(), core.top(), core.top() + core.height(), height, halo);
        }
        assertThat(covered).containsOnly(1);
    }

    private static void assertSees(int start, int end, int coreStart, int coreEnd, int size, int halo) {
        assertThat(start).isGreaterThanOrEqualTo(0).isLessThanOrEqualTo(Math.max(0, coreStart - halo));
        assertThat(end).isLessThanOrEqualTo(size).isGreaterThanOrEqualTo(Math.min(size, coreEnd + halo));
    }

    private static int padded(int size) {
        return (size + STRIDE - 1) / STRIDE * STRIDE;
    }

    @Test
    void tilesThatAreHardlyMoreThanTheirBordersAreRefused() {
        assertThatThrownBy(() -> new Tiling(512 * 512 - 1, STRIDE, 128))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("262143 pixels a tile: expected at least 262144, for a border of 128 pixels around it");
        assertThatThrownBy(() -> new Tiling(1 << 20, STRIDE, 100)).isInstanceOf(IllegalArgumentException.class);
    }
}
