package example

import io.fcnspark.spark.FcnActions
import org.apache.spark.sql.SparkSession
import scala.collection.JavaConverters._

object LabelFolderInScala extends App {
  val spark = SparkSession.builder().appName("label a folder").getOrCreate()
  try {
    val result = FcnActions.on(spark)
      .labelImages()
      .inputs(List(args(0)).asJava)
      .model(args(1))
      .output(args(2))
      .execute()
    println(s"${result.labelled} labelled, ${result.rejected} rejected, in ${result.output}")
  } finally {
    spark.stop()
  }
}
