package io.fcnspark.spark.functions;

import io.fcnspark.metrics.ConfusionMatrix.Cell;
import io.fcnspark.metrics.MetricsCollector;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.metrics.SegmentationMetrics.ClassMetrics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.aggregate.ImperativeAggregate;
import org.apache.spark.sql.catalyst.expressions.aggregate.TypedImperativeAggregate;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import scala.collection.IndexedSeq;
import scala.collection.Seq;

/**
 * {@code segmentation_metrics(confusion)}: the metrics over the images of a group, in parts that merge in any order with the same
 * result. Rows with null do not count; null over no rows. Public because Spark copies expressions by their constructor.
 */
public final class SegmentationMetricsAggregate extends TypedImperativeAggregate<MetricsCollector>
        implements Serializable {
    /** Its name in SQL. */
    public static final String NAME = "segmentation_metrics";

    public static final String USAGE = NAME
            + "(confusion) - Pixel accuracy, mean accuracy, mean IU, frequency weighted IU over the images of a group.";

    private static final long serialVersionUID = 1;
    private static final List<FunctionParameter> PARAMETERS =
            List.of(new FunctionParameter("confusion", SqlTypes.CONFUSION));
    private static final int CELL_FIELDS = 3;

    private final Expression confusion;
    private final int mutableAggBufferOffset;
    private final int inputAggBufferOffset;

    /** A call, with the places in the rows of partial results that Spark chooses. */
    public SegmentationMetricsAggregate(Expression confusion, int mutableAggBufferOffset, int inputAggBufferOffset) {
        this.confusion = confusion;
        this.mutableAggBufferOffset = mutableAggBufferOffset;
        this.inputAggBufferOffset = inputAggBufferOffset;
    }

    static Expression resolve(Seq<Expression> arguments) {
        MaskExpression.requireCount(NAME, PARAMETERS.size(), PARAMETERS.size(), arguments.size());
        return new SegmentationMetricsAggregate(MaskExpression.converted(arguments.apply(0), SqlTypes.CONFUSION), 0, 0);
    }

    @Override
    public TypeCheckResult checkInputDataTypes() {
        return MaskExpression.checkTypes(NAME, PARAMETERS, children());
    }

    @Override
    public MetricsCollector createAggregationBuffer() {
        return new MetricsCollector();
    }

    @Override
    public MetricsCollector update(MetricsCollector buffer, InternalRow input) {
        Object value = confusion.eval(input);
        if (value != null) {
            try {
                buffer.add(cells((ArrayData) value));
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new FunctionException(NAME, "confusion", e.getMessage(), e);
            }
        }
        return buffer;
    }

    private static List<Cell> cells(ArrayData confusion) {
        List<Cell> cells = new ArrayList<>(confusion.numElements());
        for (int i = 0; i < confusion.numElements(); i++) {
            InternalRow cell = confusion.isNullAt(i) ? null : confusion.getStruct(i, CELL_FIELDS);
            if (cell == null || cell.anyNull()) {
                throw new IllegalArgumentException("entry %d has a null".formatted(i));
            }
            cells.add(new Cell(cell.getInt(0), cell.getInt(1), cell.getLong(2)));
        }
        return cells;
    }

    @Override
    public MetricsCollector merge(MetricsCollector buffer, MetricsCollector input) {
        try {
            buffer.add(input);
        } catch (ArithmeticException e) {
            throw new FunctionException(NAME, "more pixels than a BIGINT counts", e);
        }
        return buffer;
    }

    @Override
    public Object eval(MetricsCollector buffer) {
        if (buffer.images() == 0) {
            return null;
        }
        SegmentationMetrics metrics = buffer.metrics();
        int[] ids = buffer.classIds();
        Object[] classes = new Object[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ClassMetrics c = metrics.classes().get(i);
            classes[i] = MaskFunctions.row(ids[i], c.pixels(), nullable(c.accuracy()), nullable(c.iou()));
        }
        return MaskFunctions.row(
                metrics.images(),
                metrics.pixels(),
                nullable(metrics.pixelAccuracy()),
                nullable(metrics.meanAccuracy()),
                nullable(metrics.meanIou()),
                nullable(metrics.frequencyWeightedIou()),
                nullable(metrics.meanImageIou()),
                new GenericArrayData(classes),
                MaskFunctions.confusion(buffer.cells()));
    }

    private static Double nullable(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    @Override
    public byte[] serialize(MetricsCollector buffer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            buffer.write(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    @Override
    public MetricsCollector deserialize(byte[] bytes) {
        try {
            return MetricsCollector.read(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException("a partial result is damaged", e);
        }
    }

    @Override
    public Seq<Expression> children() {
        return MaskExpression.seq(List.of(confusion));
    }

    @Override
    public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
        return new SegmentationMetricsAggregate(children.apply(0), mutableAggBufferOffset, inputAggBufferOffset);
    }

    @Override
    public ImperativeAggregate withNewMutableAggBufferOffset(int offset) {
        return new SegmentationMetricsAggregate(confusion, offset, inputAggBufferOffset);
    }

    @Override
    public ImperativeAggregate withNewInputAggBufferOffset(int offset) {
        return new SegmentationMetricsAggregate(confusion, mutableAggBufferOffset, offset);
    }

    @Override
    public int mutableAggBufferOffset() {
        return mutableAggBufferOffset;
    }

    @Override
    public int inputAggBufferOffset() {
        return inputAggBufferOffset;
    }

    @Override
    public DataType dataType() {
        return SqlTypes.METRICS;
    }

    @Override
    public boolean nullable() {
        return true;
    }

    @Override
    public String prettyName() {
        return NAME;
    }

    @Override
    public int productArity() {
        return 3;
    }

    @Override
    public Object productElement(int n) {
        return switch (n) {
            case 0 -> confusion;
            case 1 -> mutableAggBufferOffset;
            case 2 -> inputAggBufferOffset;
            default -> throw new IndexOutOfBoundsException(n);
        };
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof SegmentationMetricsAggregate;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SegmentationMetricsAggregate aggregate
                && confusion.equals(aggregate.confusion)
                && mutableAggBufferOffset == aggregate.mutableAggBufferOffset
                && inputAggBufferOffset == aggregate.inputAggBufferOffset;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * confusion.hashCode() + mutableAggBufferOffset) + inputAggBufferOffset;
    }
}
