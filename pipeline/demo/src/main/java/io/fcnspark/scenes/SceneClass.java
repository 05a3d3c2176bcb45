package io.fcnspark.scenes;

import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import java.util.Arrays;
import java.util.Locale;

/** What is seen in a street, in the colours that Cityscapes made familiar. */
enum SceneClass {
    ROAD(0, 0x804080),
    PAVEMENT(1, 0xf423e8),
    BUILDING(2, 0x464646),
    POLE(3, 0x999999),
    SIGN(4, 0xdcdc00),
    TREE(5, 0x6b8e23),
    SKY(6, 0x4682b4),
    PERSON(7, 0xdc143c),
    CAR(8, 0x00008e);

    private final int id;
    private final int colour;

    SceneClass(int id, int colour) {
        this.id = id;
        this.colour = colour;
    }

    int id() {
        return id;
    }

    static ClassSet set() {
        return new ClassSet(
                "scenes",
                Arrays.stream(values())
                        .map(c -> new LabelClass(c.id, c.name().toLowerCase(Locale.ROOT), c.colour))
                        .toList(),
                255);
    }
}
