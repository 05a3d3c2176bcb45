"""Labels every night, and compares with truth where there is some. For Airflow 3, and for 2.4 and newer.

Put this file into Airflow's folder of DAGs, and fcn-spark, built, into /opt/fcn-spark on the workers.
"""

import subprocess
from datetime import datetime, timedelta

try:
    from airflow.sdk import dag, task
except ImportError:  # Airflow 2
    from airflow.decorators import dag, task
try:
    from airflow.sdk.exceptions import AirflowFailException
except ImportError:  # Airflow 2, 3.0
    from airflow.exceptions import AirflowFailException

FCN = "/opt/fcn-spark/jobs/bin/fcn"

LABEL = ["label", "@/opt/fcn-spark/conf/nightly.args"]
EVALUATE = [
    "evaluate",
    "--masks", "s3a://BUCKET/labelled",
    "--where", "run_date >= current_date() - INTERVAL 7 DAYS",
    "--truth", "s3a://BUCKET/truth",
    "--labels", "camvid",
    "--fail-under", "mean_iou=0.5",
]
SPARK = ["--", "--properties-file", "/opt/fcn-spark/conf/spark-yarn.conf"]

# Usage, too many bad images, a quality gate: another attempt would not mend them, and after 4 it would find nothing left
# to do, end with 0, and nobody would hear of it.
FINAL = (2, 4, 5)


def fcn(arguments):
    """Runs the command line; its log is the task's."""
    code = subprocess.run([FCN, *arguments, *SPARK], check=False).returncode
    if code in FINAL:
        raise AirflowFailException(f"fcn {arguments[0]} ended with {code}")
    if code != 0:
        raise RuntimeError(f"fcn {arguments[0]} ended with {code}")


@dag(
    schedule="30 1 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
    tags=["fcn"],
)
def fcn_nightly():
    @task(execution_timeout=timedelta(hours=20))
    def label():
        fcn(LABEL)

    @task(execution_timeout=timedelta(hours=4))
    def evaluate():
        fcn(EVALUATE)

    label() >> evaluate()


fcn_nightly()
