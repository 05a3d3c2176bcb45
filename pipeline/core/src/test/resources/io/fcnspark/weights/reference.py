"""Writes reference.safetensors with the format's own library: pip install safetensors numpy ml_dtypes

Every type that is read, values at the ends of its range, a scalar, an empty tensor, a name that is not ASCII.
"""
import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

special = [0.0, -0.0, 1.0, -2.5, 65504.0, 2.0**-14, 2.0**-24, -3 * 2.0**-24, np.inf, -np.inf, np.nan, 0.333251953125]
save_file(
    {
        "f64": np.array([[1 / 3, -1e300, 5e-324], [np.pi, 0.0, np.inf]], np.float64),
        "f32": np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2) / 7,
        "f16": np.array(special, np.float16),
        "bf16": np.array([1.0, -3.140625, 3.3895314e38, 1e-40, np.inf, 0.0], ml_dtypes.bfloat16),
        "scalar": np.array(42.5, np.float32),
        "empty": np.zeros((0, 3), np.float32),
        "größe.weight": np.array([7], np.float32),
    },
    "reference.safetensors",
    metadata={"source": "safetensors.numpy", "note": "Größe 7"},
)
