package io.fcnspark.scenes;

import java.awt.Color;
import java.awt.Rectangle;

/** The sky with its clouds. */
final class Sky {
    private Sky() {}

    static void draw(Canvas canvas, Camera camera, Light light, Noise noise) {
        int width = canvas.width();
        int bottom = Math.min(canvas.height(), (int) camera.horizon() + 2);
        canvas.object(new Rectangle(0, 0, width, canvas.height()), light.low(), SceneClass.SKY);
        Color cloud = Colours.mix(Color.WHITE, light.low(), 0.45 + 0.4 * light.lamps());
        Color shade = Colours.mix(Colours.scale(light.zenith(), 0.9), cloud, 0.55);
        int[] pixels = canvas.pixels();
        for (int y = 0; y < bottom; y++) {
            double height = (camera.horizon() - y) / camera.focal();
            double up = Math.min(1, height / 0.75);
            Color clear = Colours.mix(light.low(), light.zenith(), Math.pow(up, 0.7));
            for (int x = 0; x < width; x++) {
                // Clouds lie on a plane overhead, so they crowd together towards the horizon.
                double depth = 1 / (height + 0.12);
                double density =
                        noise.fractal((x - camera.centre()) / camera.focal() * depth * 1.4 + 50, depth * 2.1 + 9);
                double cover = smooth((density - (0.72 - 0.5 * light.clouds())) / 0.22) * Math.min(1, height * 9);
                double thick = smooth((density - (0.82 - 0.5 * light.clouds())) / 0.3);
                Color colour = Colours.mix(clear, Colours.mix(cloud, shade, 0.6 * thick), 0.85 * cover);
                pixels[y * width + x] = colour.getRGB();
            }
        }
    }

    private static double smooth(double t) {
        double s = Math.max(0, Math.min(1, t));
        return s * s * (3 - 2 * s);
    }
}
