#!/bin/sh
# Tells Spark which GPUs this node has, as spark.executor.resource.gpu.discoveryScript (see spark-gpu.conf):
# {"name": "gpu", "addresses": ["0","1"]}
set -eu

indices=$(nvidia-smi --query-gpu=index --format=csv,noheader) || {
    echo "gpu-discovery.sh: nvidia-smi fails, so this node has no GPU to offer" >&2
    exit 1
}
addresses=
for index in $indices; do
    addresses=${addresses:+$addresses,}\"$index\"
done
printf '{"name": "gpu", "addresses": [%s]}\n' "$addresses"
