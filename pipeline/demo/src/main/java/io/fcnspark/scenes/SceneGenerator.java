package io.fcnspark.scenes;

import io.fcnspark.labels.ClassSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Makes stylised pictures of streets with exact truth. Each scene depends on the seed and its index alone, so scenes can be made
 * in any order and in parallel, and more of them leave the first ones as they are. Safe for use by several threads at once.
 *
 * @param seed scenes of different seeds have nothing in common
 * @param sizes how large the scenes are
 */
public record SceneGenerator(long seed, SceneSizes sizes) {
    /** What there is to see: nine classes, 255 = left open, in colours close to those of Cityscapes. */
    public static final ClassSet CLASSES = SceneClass.set();

    /**
     * The scene of an index.
     *
     * @param index from 0
     */
    public Scene scene(long index) {
        if (index < 0) {
            throw new IllegalArgumentException("scene " + index + ": expected 0 or more");
        }
        RandomGenerator random = new SplittableRandom(mix(seed) + mix(~index));
        SceneSizes.Size size = sizes.draw(random);
        Camera camera = camera(size, random);
        Canvas canvas = new Canvas(size.width(), size.height());
        draw(canvas, camera, random);
        Scene scene = new Scene(Finish.develop(canvas, random), Finish.openBorders(canvas.truth()));
        canvas.dispose();
        return scene;
    }

    private static Camera camera(SceneSizes.Size size, RandomGenerator random) {
        return new Camera(
                size.width(),
                size.height(),
                size.width() * random.nextDouble(0.72, 1.0),
                size.width() * random.nextDouble(0.38, 0.62),
                size.height() * random.nextDouble(0.4, 0.52),
                random.nextDouble(1.35, 1.9));
    }

    private static void draw(Canvas canvas, Camera camera, RandomGenerator random) {
        Light light = Light.draw(random);
        Street street = Street.draw(random);
        Noise noise = new Noise(random.nextLong());
        Scenery scenery = new Scenery(street, camera, random);
        List<Thing> walls = scenery.walls();
        List<Thing> things = scenery.things();

        Sky.draw(canvas, camera, light, noise);
        new Ground(canvas, camera, light, street, random).draw(random, noise);
        Shadows shadows = new Shadows(camera, light);
        walls.forEach(wall -> wall.shade(shadows));
        things.forEach(thing -> thing.shade(shadows));
        shadows.apply(canvas);
        View view = new View(canvas, camera, light);
        walls.forEach(wall -> wall.draw(view));
        things.forEach(thing -> thing.draw(view));
    }

    private static long mix(long value) {
        long h = value + 0x9E3779B97F4A7C15L;
        h = (h ^ h >>> 30) * 0xBF58476D1CE4E5B9L;
        h = (h ^ h >>> 27) * 0x94D049BB133111EBL;
        return h ^ h >>> 31;
    }
}
