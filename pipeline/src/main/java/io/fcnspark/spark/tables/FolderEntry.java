package io.fcnspark.spark.tables;

import java.io.Serializable;

/** An image file or a folder that lies directly in a folder. */
record FolderEntry(ImageFile file, boolean isFolder) implements Serializable {}
