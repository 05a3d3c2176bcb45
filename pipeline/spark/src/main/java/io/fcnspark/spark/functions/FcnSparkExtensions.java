package io.fcnspark.spark.functions;

import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import scala.Function1;
import scala.Tuple3;
import scala.collection.Seq;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/** Registers the SQL functions: {@code spark.sql.extensions=io.fcnspark.spark.functions.FcnSparkExtensions}. */
public final class FcnSparkExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
    /** For Spark, which makes extensions by their names. */
    public FcnSparkExtensions() {}

    @Override
    public BoxedUnit apply(SparkSessionExtensions extensions) {
        for (MaskFunction function : MaskFunction.values()) {
            inject(
                    extensions,
                    function.sqlName(),
                    MaskFunctions.class,
                    function.usage(),
                    "SELECT image, %s FROM masks".formatted(function.example()),
                    arguments -> MaskExpression.resolve(function, arguments));
        }
        inject(
                extensions,
                SegmentationMetricsAggregate.NAME,
                SegmentationMetricsAggregate.class,
                SegmentationMetricsAggregate.USAGE,
                "SELECT model, segmentation_metrics(confusion).mean_iou FROM masks GROUP BY model",
                SegmentationMetricsAggregate::resolve);
        return BoxedUnit.UNIT;
    }

    private static void inject(
            SparkSessionExtensions extensions,
            String name,
            Class<?> implementation,
            String usage,
            String example,
            Function1<Seq<Expression>, Expression> resolve) {
        extensions.injectFunction(new Tuple3<>(
                new FunctionIdentifier(name),
                new ExpressionInfo(
                        implementation.getName(),
                        null,
                        name,
                        usage,
                        "",
                        "\n    Examples:\n      > %s;\n  ".formatted(example),
                        "",
                        "",
                        "",
                        "",
                        ""),
                resolve));
    }
}
