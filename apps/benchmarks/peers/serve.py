"""Answers the benchmark's requests, one JSON line each, until standard input ends. See serve.mjs."""

import json
import os
import sys
import time as clock

import numpy as np

# Standard output is for answers alone, whatever a library likes to say, in Python or below it.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

# A step of training may take seconds in a slow library: then two are enough to see that an update was right.
ENOUGH_SECONDS = 2
# Of a longer result, so many numbers are compared, spread evenly.
SAMPLES = 1280


def floats(path):
    return np.fromfile(path, "<f4")


def read_layers(work):
    """The layers in a file of parameters: weight [in, out] and bias, and before each ReLU a batch norm."""
    values = floats(work["parameters"])
    widths = work["widths"]
    position = 0

    def take(*shape):
        nonlocal position
        length = int(np.prod(shape))
        part = values[position : position + length].reshape(shape)
        position += length
        return part

    layers = []
    for i, (width, out) in enumerate(zip(widths, widths[1:])):
        layer = {"weight": take(width, out), "bias": take(out)}
        if i < len(widths) - 2:
            layer |= {name: take(out) for name in ("gamma", "beta", "mean", "variance")}
        layers.append(layer)
    return layers


def read_batches(work):
    """The batches of a training workload, in their order: rows [batch, in] and labels."""
    shape = (work["batches"], work["batch"])
    x = floats(work["inputs"])[: shape[0] * shape[1] * work["widths"][0]].reshape(*shape, -1)
    y = np.fromfile(work["labels"], "<i4")[: shape[0] * shape[1]].reshape(shape)
    return list(zip(x, y))


def read_rows(work):
    width = work["widths"][0]
    return floats(work["inputs"])[: work["batch"] * width].reshape(work["batch"], width)


class Training:
    """Makes one step at a time: `step(i)` returns the loss of batch i."""

    def __init__(self, batches, step):
        self.batches, self.step, self.done = batches, step, 0

    def steps(self, count):
        losses, milliseconds = [], []
        for _ in range(count):
            start = clock.perf_counter()
            losses.append(float(self.step(self.done % self.batches)))
            milliseconds.append(1000 * (clock.perf_counter() - start))
            self.done += 1
        return losses, milliseconds

    def check(self):
        losses, milliseconds = self.steps(2)
        if sum(milliseconds) < 1000 * ENOUGH_SECONDS:
            more, milliseconds = self.steps(1)
            losses += more
        return {"numbers": losses, "milliseconds": milliseconds[-1]}

    def time(self, repeats, warmup):
        return sum(self.steps(warmup + repeats)[1][warmup:]) / repeats


class Call:
    """Repeats one call; `result()` is what the last one gave."""

    def __init__(self, run, result):
        self.run, self.result = run, result

    def check(self):
        self.run()
        start = clock.perf_counter()
        self.run()
        milliseconds = 1000 * (clock.perf_counter() - start)
        values = np.asarray(self.result()).ravel()
        stride = max(1, len(values) // SAMPLES)
        return {"numbers": values[::stride][:SAMPLES].tolist(), "milliseconds": milliseconds}

    def time(self, repeats, warmup):
        for _ in range(warmup):
            self.run()
        start = clock.perf_counter()
        for _ in range(repeats):
            self.run()
        return 1000 * (clock.perf_counter() - start) / repeats


def memory():
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    try:
        with open("/proc/self/statm") as file:
            resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        resident = peak
    return {"residentBytes": resident, "peakBytes": peak}


def serve(hello, **kinds):
    sessions = {}

    def answer(request):
        asked, name = request["do"], request.get("name")
        if asked == "hello":
            return hello() | {"runtime": f"Python {sys.version.split()[0]}"}
        if asked == "memory":
            return memory()
        if asked == "open":
            sessions[name] = kinds[request["work"]["kind"]](request["work"])
            return sessions[name].check()
        if asked == "close":
            sessions.pop(name, None)
            return {}
        return {"milliseconds": sessions[name].time(request["repeats"], request["warmup"])}

    for line in sys.stdin:
        request = json.loads(line)
        try:
            message = {"id": request["id"], "result": answer(request)}
        except Exception as error:
            reason = (str(error) or type(error).__name__).splitlines()[0]
            message = {"id": request["id"], "error": reason}
        print(json.dumps(message), file=answers, flush=True)
