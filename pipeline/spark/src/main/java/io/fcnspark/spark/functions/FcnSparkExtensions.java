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
                    arguments -> MaskExpression.resolve(function, arguments));
        }
        inject(
                extensions,
                SegmentationMetricsAggregate.NAME,
                SegmentationMetricsAggregate.class,
                SegmentationMetricsAggregate.USAGE,
                SegmentationMetricsAggregate::resolve);
        return BoxedUnit.UNIT;
    }

    private static void inject(
            SparkSessionExtensions extensions,
            String name,
            Class<?> implementation,
            String usage,
            Function1<Seq<Expression>, Expression> resolve) {
        extensions.injectFunction(new Tuple3<>(
                new FunctionIdentifier(name),
                new ExpressionInfo(implementation.getName(), "", name, usage, "", "", "", "", "", "", ""),
                resolve));
    }
}
