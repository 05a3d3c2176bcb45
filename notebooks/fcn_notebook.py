"""What all notebooks begin with: a session with the SQL functions, the views of an output, and pictures side by side."""

import io
import json
import os
import sys
from pathlib import Path

import matplotlib.pyplot as plt
from pyspark.sql import SparkSession

ROOT = Path(__file__).resolve().parent
JAR = Path(os.environ.get("FCN_JAR", ROOT.parent / "jobs" / "target" / "fcn-spark.jar"))
OUTPUT = os.environ.get("FCN_OUTPUT", str(ROOT / "target" / "data" / "labelled"))

MODEL = os.environ.get("FCN_MODEL", str(ROOT / "target" / "data" / "model") if "FCN_OUTPUT" not in os.environ else "")

# For classes whose colours no model tells.
PALETTE = plt.get_cmap("tab20").colors


def open_output(output=OUTPUT):
    """Starts Spark with the functions, and makes the views masks, rejects, runs and classes of an output of `fcn label`."""
    if not JAR.exists():
        raise FileNotFoundError(f"{JAR} is not there: build it with mvn -DskipTests package, or set FCN_JAR")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = (
        SparkSession.builder.appName("notebook")
        .config("spark.jars", str(JAR))
        .config("spark.sql.extensions", "io.fcnspark.spark.functions.FcnSparkExtensions")
        .config("spark.sql.shuffle.partitions", 2 * os.cpu_count())
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    spark._jvm.io.fcnspark.spark.tables.ResultViews.create(spark._jsparkSession, output)
    return spark


def images(spark, uris):
    """The bytes of images, as a table (path, content)."""
    return spark.read.format("binaryFile").load(list(uris)).select("path", "content")


def model_colours(model=MODEL):
    """The colours of a model's classes, {name: "#rrggbb"} in the order of the class ids; none without a model."""
    if not model:
        return {}
    description = json.loads((Path(model) / "model.json").read_text())
    return {c["name"]: c["colour"] for c in sorted(description["classes"], key=lambda c: c["id"])}


def overlay_sql(model=MODEL):
    """SQL for the image `content` in the colours of its classes in `mask`: the model's, or else VOC's."""
    palette = ", ".join(f"'{colour}'" for colour in model_colours(model).values())
    return f"mask_overlay(content, mask, array({palette}))" if palette else "mask_overlay(content, mask)"


def colours(names, model=MODEL):
    """Each name with its colour: the model's, or else one that it has wherever these names are the classes."""
    known = model_colours(model)
    if set(names) <= set(known):
        return {name: known[name] for name in sorted(names)}
    return {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(sorted(names))}


def show(pictures, columns=4, width=14):
    """Pictures as (title, bytes), in rows."""
    rows = -(-len(pictures) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(width, 0.8 * width / columns * rows), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, (title, content) in zip(axes.flat, pictures):
        axis.imshow(plt.imread(io.BytesIO(content), format="png" if content[:4] == b"\x89PNG" else "jpg"))
        axis.set_title(title, fontsize=9)
    figure.tight_layout()
    plt.show()
