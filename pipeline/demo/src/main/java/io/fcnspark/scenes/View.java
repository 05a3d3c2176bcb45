package io.fcnspark.scenes;

/** What it takes to draw a thing. */
record View(Canvas canvas, Camera camera, Light light) {}
