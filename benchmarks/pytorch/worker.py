"""
The counterpart process: reads a request, prepares it and answers what it runs on; then takes a turn for every further line. Lines are JSON.
"""
import importlib
import json
import sys
import time

import torch


def speed_of_products():
    """Billions of operations a second of a matrix product: a reference BLAS, as Debian installs without libopenblas0, is forty times as slow."""
    size = 768
    a, b = torch.rand(size, size), torch.rand(size, size)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - started)
    return 2 * size ** 3 / min(times) / 1e9


def main():
    channel, sys.stdout = sys.stdout, sys.stderr
    request = json.loads(sys.stdin.readline())
    torch.set_num_threads(request["threads"])
    import layers
    import place

    place.choose(request)
    module, name = request["task"].split(".")
    task = getattr(importlib.import_module(module), name)(request)
    attention = "scaled_dot_product_attention" if layers.HAS_SDPA else "plain attention"
    print(json.dumps({
        "about": f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {attention}, products at {speed_of_products():.0f} GFLOP/s",
    }), file=channel, flush=True)
    for line in sys.stdin:
        turn = json.loads(line)
        cpu, wall = time.process_time(), time.perf_counter()
        value = task(turn)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps({"value": value, "wall_ms": 1e3 * wall, "cpu_ms": 1e3 * cpu}), file=channel, flush=True)


main()
