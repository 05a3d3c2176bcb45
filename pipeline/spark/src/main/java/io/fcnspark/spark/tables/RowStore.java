package io.fcnspark.spark.tables;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.spark.storage.OutputLease;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Where the rows of one of an output's tables are kept: as files in a folder, or in a table of a catalog. */
interface RowStore {
    /** Whether it can be read. */
    boolean exists();

    /** Where it is, for people and for those who read it. */
    String location();

    /** All rows, with the columns of its schema; none if it does not exist. */
    Dataset<Row> rows();

    /**
     * Makes sure, as far as can be seen without changing anything, that rows can be appended.
     *
     * @throws BadInputException if not
     */
    void requireWritable();

    /**
     * Makes it ready for rows to be appended.
     *
     * @throws BadInputException if that cannot be done
     */
    void prepare();

    /**
     * The folder in which runs claim the right to append; see {@link OutputLease}. It is known once the store is prepared.
     *
     * @throws BadInputException if there is none
     */
    String claims();

    /** What it holds now, by a name that its format gives; empty where the format has none. */
    String version();

    /** Adds rows with the columns of its schema, all in one commit. */
    void append(Dataset<Row> rows);

    /**
     * Adds rows with the columns of its schema, all in one commit, if the lease is held right before that commit. Where there are
     * versions, the commit fails if anybody has added rows since.
     *
     * @param version that the rows were made for
     * @throws BadInputException if the lease is lost, or if there are other rows
     */
    void append(Dataset<Row> rows, OutputLease lease, String version);

    /**
     * Frees what a killed run did not commit, where nobody else does. A commit of a run that was not killed but stopped fails
     * afterwards.
     */
    void discardUncommitted();
}
