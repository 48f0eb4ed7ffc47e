import os

# Read once, when the library is loaded.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["BENCHMARK_THREADS"]

import numpy as np

from serve import Call, floats, serve


def matmul(work):
    m, k, n = work["m"], work["k"], work["n"]
    a, b = floats(work["a"]), floats(work["b"])
    a = a.reshape(k, m).T if work["transposeA"] else a.reshape(m, k)
    b = b.reshape(n, k).T if work["transposeB"] else b.reshape(k, n)
    out = np.empty((m, n), np.float32)
    return Call(lambda: np.matmul(a, b, out=out), lambda: out)


serve(
    lambda: {"library": f"NumPy {np.__version__}", "threads": int(os.environ["BENCHMARK_THREADS"])},
    matmul=matmul,
)
