package io.fcnspark.scenes;

/** Something that stands in the street. */
interface Thing {
    /** Distance of the nearest part, in metres: what is nearer is drawn later. */
    double z();

    /** Throws its shadow on the ground. */
    void shade(Shadows shadows);

    void draw(View view);
}
