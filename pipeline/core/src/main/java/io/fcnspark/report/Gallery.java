package io.fcnspark.report;

/** Why an image is shown. */
public enum Gallery {
    /** The lowest mean IU of their own. */
    WORST("worst", "Worst", "lowest mean IU of the image"),
    /** The lowest mean confidence; of those alike, the highest mean entropy. */
    UNCERTAIN("uncertain", "Most uncertain", "lowest mean confidence"),
    /** Drawn by a hash of their URI and a seed, so the same ones each time. */
    RANDOM("random", "Random", "drawn by chance, the same ones each time");

    private final String id;
    private final String title;
    private final String explanation;

    Gallery(String id, String title, String explanation) {
        this.id = id;
        this.title = title;
        this.explanation = explanation;
    }

    String id() {
        return id;
    }

    String title() {
        return title;
    }

    String explanation() {
        return explanation;
    }
}
