import os

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from serve import Call, Training, floats, read_batches, read_layers, read_rows, serve

threads = int(os.environ["BENCHMARK_THREADS"])
torch.set_num_threads(threads)

EPSILON = 1e-5


def model_of(work):
    modules = []
    for values in read_layers(work):
        width, out = values["weight"].shape
        linear = nn.Linear(width, out)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(values["weight"].T.copy()))
            linear.bias.copy_(torch.from_numpy(values["bias"]))
        modules.append(linear)
        if "gamma" in values:
            norm = nn.BatchNorm1d(out, eps=EPSILON, momentum=0.1)
            with torch.no_grad():
                norm.weight.copy_(torch.from_numpy(values["gamma"]))
                norm.bias.copy_(torch.from_numpy(values["beta"]))
                norm.running_mean.copy_(torch.from_numpy(values["mean"]))
                norm.running_var.copy_(torch.from_numpy(values["variance"]))
            modules += [norm, nn.ReLU()]
    return nn.Sequential(*modules)


def training(work):
    model = model_of(work).train()
    batches = [(torch.from_numpy(x), torch.from_numpy(y).long()) for x, y in read_batches(work)]
    optimizers = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
    # Fused: one pass over each parameter, the fastest that it has.
    optimizer = optimizers[work["optimizer"]](model.parameters(), lr=work["learningRate"], fused=True)

    def step(i):
        x, y = batches[i]
        optimizer.zero_grad()
        loss = cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return Training(len(batches), step)


def inference(work):
    model = model_of(work).eval()
    x = torch.from_numpy(read_rows(work))
    with torch.no_grad():
        # A frozen trace leaves Python and the gradient's bookkeeping out, and folds what it can.
        model = torch.jit.freeze(torch.jit.trace(model, x))
        for _ in range(3):
            model(x)
    result = None

    def run():
        nonlocal result
        with torch.inference_mode():
            result = model(x)

    return Call(run, lambda: result.numpy())


def matmul(work):
    m, k, n = work["m"], work["k"], work["n"]
    a = torch.from_numpy(floats(work["a"]))
    b = torch.from_numpy(floats(work["b"]))
    a = a.view(k, m).T if work["transposeA"] else a.view(m, k)
    b = b.view(n, k).T if work["transposeB"] else b.view(k, n)
    out = torch.empty(m, n)
    return Call(lambda: torch.mm(a, b, out=out), lambda: out.numpy())


serve(
    lambda: {"library": f"PyTorch {torch.__version__}", "threads": threads},
    training=training,
    inference=inference,
    matmul=matmul,
)
