package io.fcnspark.scenes;

import java.awt.Color;

/**
 * A house that closes the street, far away.
 *
 * @param left, right in metres from the camera's line
 * @param z in metres
 * @param height in metres
 * @param plaster colour of the wall
 */
record Block(double left, double right, double z, double height, Color plaster) implements Thing {
    @Override
    public void shade(Shadows shadows) {
        shadows.wall(left, z, right, z, height);
    }

    @Override
    public void draw(View view) {
        Camera camera = view.camera();
        Light light = view.light();
        view.canvas().object(camera.front(left, 0, right, height, z), light.facing(plaster, z), SceneClass.BUILDING);
        Color glass = light.facing(Colours.scale(plaster, 0.62), z);
        for (double y = 1.2; y < height - 1.8; y += 3.2) {
            for (double x = left + 0.9; x < right - 1.4; x += 2.3) {
                view.canvas().detail(camera.front(x, y, x + 1.1, y + 1.5, z), glass);
            }
        }
    }
}
