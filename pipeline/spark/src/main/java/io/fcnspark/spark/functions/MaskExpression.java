package io.fcnspark.spark.functions;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.expressions.objects.StaticInvoke;
import org.apache.spark.sql.errors.QueryCompilationErrors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.IndexedSeq;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * A call of a {@link MaskFunction} in a query: types and names for the analysis, and Spark's own call of a static method, which
 * generates code, for the rest. Null if any argument is. Public because Spark copies expressions by their constructor.
 */
public final class MaskExpression extends Expression implements Serializable {
    private static final long serialVersionUID = 1;

    private final MaskFunction function;
    private final Seq<Expression> arguments;
    private transient StaticInvoke call;

    /** A call with as many arguments as the function takes. */
    public MaskExpression(MaskFunction function, Seq<Expression> arguments) {
        this.function = function;
        this.arguments = arguments;
    }

    /** What the analysis makes of a call in a query; a wrong number of arguments is an {@code AnalysisException}. */
    static Expression resolve(MaskFunction function, Seq<Expression> arguments) {
        List<FunctionParameter> parameters = function.parameters();
        requireCount(function.sqlName(), function.required(), parameters.size(), arguments.size());
        List<Expression> converted = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            converted.add(converted(arguments.apply(i), parameters.get(i).type()));
        }
        return new MaskExpression(function, seq(converted));
    }

    static void requireCount(String function, int least, int most, int actual) {
        if (actual < least || actual > most) {
            throw sneaky(QueryCompilationErrors.wrongNumArgsError(
                    function,
                    seq(IntStream.rangeClosed(least, most)
                            .<Object>mapToObj(count -> count)
                            .toList()),
                    actual,
                    QueryCompilationErrors.wrongNumArgsError$default$4(),
                    QueryCompilationErrors.wrongNumArgsError$default$5(),
                    QueryCompilationErrors.wrongNumArgsError$default$6()));
        }
    }

    /** Scala declares no exceptions, so this one may be thrown though the compiler takes it for a checked one. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable e) throws T {
        throw (T) e;
    }

    /** NULL takes any type, and smaller integers become INT. Nothing else is converted unasked. */
    static Expression converted(Expression argument, DataType expected) {
        DataType actual = argument.dataType();
        boolean smaller = expected.equals(DataTypes.IntegerType)
                && (actual.equals(DataTypes.ByteType) || actual.equals(DataTypes.ShortType));
        boolean withNull = SqlTypes.fits(actual, expected) && !SqlTypes.isSame(actual, expected);
        return smaller || withNull ? new Cast(argument, expected, scala.Option.empty()) : argument;
    }

    static TypeCheckResult checkTypes(String function, List<FunctionParameter> parameters, Seq<Expression> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            FunctionParameter parameter = parameters.get(i);
            DataType actual = arguments.apply(i).dataType();
            if (!SqlTypes.fits(actual, parameter.type())) {
                return new TypeCheckResult.TypeCheckFailure("%s: argument %d, '%s', is of type %s: expected %s"
                        .formatted(
                                function,
                                i + 1,
                                parameter.name(),
                                actual.sql(),
                                parameter.type().sql()));
            }
        }
        return TypeCheckResult.TypeCheckSuccess$.MODULE$;
    }

    static <T> Seq<T> seq(List<T> list) {
        return JavaConverters.asScalaBuffer(list).toList();
    }

    @Override
    public TypeCheckResult checkInputDataTypes() {
        return checkTypes(function.sqlName(), function.parameters(), arguments);
    }

    @Override
    public Seq<Expression> children() {
        return arguments;
    }

    @Override
    public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
        return new MaskExpression(function, children.toList());
    }

    @Override
    public DataType dataType() {
        return function.type();
    }

    @Override
    public boolean nullable() {
        return true;
    }

    @Override
    public boolean foldable() {
        return IntStream.range(0, arguments.size())
                .allMatch(i -> arguments.apply(i).foldable());
    }

    @Override
    public String prettyName() {
        return function.sqlName();
    }

    @Override
    public Object eval(InternalRow input) {
        return call().eval(input);
    }

    @Override
    public ExprCode doGenCode(CodegenContext context, ExprCode code) {
        return call().doGenCode(context, code);
    }

    private StaticInvoke call() {
        if (call == null) {
            call = new StaticInvoke(
                    MaskFunctions.class,
                    function.type(),
                    function.method(),
                    arguments,
                    seq(List.of()),
                    true,
                    true,
                    true);
        }
        return call;
    }

    @Override
    public int productArity() {
        return 2;
    }

    @Override
    public Object productElement(int n) {
        return switch (n) {
            case 0 -> function;
            case 1 -> arguments;
            default -> throw new IndexOutOfBoundsException(n);
        };
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof MaskExpression;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MaskExpression expression
                && function == expression.function
                && arguments.equals(expression.arguments);
    }

    @Override
    public int hashCode() {
        return 31 * function.hashCode() + arguments.hashCode();
    }

    @Override
    public String toString() {
        return JavaConverters.seqAsJavaList(arguments).stream()
                .map(Expression::toString)
                .collect(Collectors.joining(", ", prettyName() + "(", ")"));
    }
}
