"""Latency of Jupyter kernels, seen by jupyter_client.

Usage: jupyter_latency.py [--starts N] KERNEL...      (for example: jupyter_latency.py univg python3)
The kernels take turns, so that what else the machine does falls on all of them alike. Prints, per kernel, the median over the starts
(and the range) of: start to ready and the processor time of the kernel until then, first cell, an empty cell, `1+1`; and the memory after
the first cell and after --cells cells.
"""
import argparse
import os
import statistics
import time

from jupyter_client.manager import start_new_kernel


def milliseconds(action):
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def measure(kernel, cells):
    started = time.perf_counter()
    manager, client = start_new_kernel(kernel_name=kernel)
    figures = {"ready s": time.perf_counter() - started, "ready, processor s": processor_seconds(manager.provisioner.pid)}

    def run(code):
        client.execute_interactive(code, output_hook=lambda message: None)

    try:
        figures["first cell ms"] = milliseconds(lambda: run("1+1"))
        figures["second cell ms"] = milliseconds(lambda: run("2+2"))
        figures["memory MB"] = memory(manager.provisioner.pid)
        figures["empty cell ms"] = statistics.median(milliseconds(lambda: run("")) for _ in range(100))
        figures["1+1 ms"] = statistics.median(milliseconds(lambda: run("1+1")) for _ in range(50))
        if cells:
            for _ in range(cells):
                run("1+1")
            figures[f"1+1 after {cells} ms"] = statistics.median(milliseconds(lambda: run("1+1")) for _ in range(20))
            figures[f"memory after {cells} MB"] = memory(manager.provisioner.pid)
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    return figures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kernels", nargs="+")
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--cells", type=int, default=0, help="also run this many cells, once per kernel")
    options = parser.parse_args()
    runs = {kernel: [] for kernel in options.kernels}
    for i in range(options.starts):
        for kernel in options.kernels:
            runs[kernel].append(measure(kernel, options.cells if i == 0 else 0))
    for kernel in options.kernels:
        print(kernel)
        for name in runs[kernel][0]:
            values = [run[name] for run in runs[kernel] if name in run]
            print(f"  {name:24} {statistics.median(values):9.2f}   ({min(values):.2f} to {max(values):.2f})")


if __name__ == "__main__":
    main()
