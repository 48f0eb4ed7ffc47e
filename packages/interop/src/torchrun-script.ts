/** Options as those of the optimiser here, with the same defaults. The learning rate is in the checkpoint. */
export type TorchOptimizer =
  | {
      readonly name: "SGD";
      readonly momentum?: number;
      readonly nesterov?: boolean;
      readonly weightDecay?: number;
    }
  | {
      readonly name: "Adam" | "AdamW";
      readonly beta1?: number;
      readonly beta2?: number;
      readonly epsilon?: number;
      readonly weightDecay?: number;
    };

/**
 * Python source that trains on from a checkpoint of {@link writeTorchCheckpoint} on any number of processes and
 * machines, by softmax cross entropy, and writes a checkpoint back. It needs torch and NumPy, and the source of
 * {@link exportPyTorchModule} beside it as model.py:
 *
 * `torchrun --nproc_per_node=2 train.py checkpoint.npz data.npz trained.npz --epochs 1 --batch-size 128`
 *
 * data.npz holds `inputs` [N, in] and `labels` [N]. Each batch is shared among the processes, whose gradients are
 * averaged (DistributedDataParallel); batch norm sees the rows of its own process, and its running pair is that of the
 * first.
 */
export const exportTorchrunScript = (optimizer: TorchOptimizer): string => `"""
Trains on from a handgrad checkpoint:
torchrun --nproc_per_node=2 train.py checkpoint.npz data.npz trained.npz --epochs 1 --batch-size 128
"""

import argparse
import os
import sys

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset

from model import Model


def create_optimizer(parameters, lr):
    return torch.optim.${optimizer.name}(parameters, lr=lr, ${argumentsOf(optimizer)})


def load(path, model):
    with np.load(path) as file:
        arrays = {name: torch.from_numpy(file[name]) for name in file.files}
    model.load_state_dict({n.removeprefix("model/"): a for n, a in arrays.items() if n.startswith("model/")})
    optimizer = create_optimizer(model.parameters(), float(arrays["optimizer/learning_rate"]))
    steps = int(arrays["optimizer/steps"])
    for name, parameter in model.named_parameters():
        prefix = f"optimizer/{name}/"
        state = {n.removeprefix(prefix): a.clone() for n, a in arrays.items() if n.startswith(prefix)}
        if "exp_avg" in state:
            state["step"] = torch.tensor(float(steps))
        if state:
            optimizer.state[parameter] = state
    return optimizer, steps


def save(path, model, optimizer, steps):
    arrays = {f"model/{name}": a.numpy() for name, a in model.state_dict().items()}
    for name, parameter in model.named_parameters():
        for kept, a in optimizer.state[parameter].items():
            if kept != "step" and a is not None:
                arrays[f"optimizer/{name}/{kept}"] = a.numpy()
    arrays["optimizer/steps"] = np.float64(steps)
    arrays["optimizer/learning_rate"] = np.float64(optimizer.param_groups[0]["lr"])
    np.savez(path, **arrays)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint")
    parser.add_argument("data", help="npz with inputs [N, in] and labels [N]")
    parser.add_argument("out")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=128, help="of all processes together")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    dist.init_process_group("gloo")
    torch.manual_seed(args.seed + dist.get_rank())
    if args.batch_size % dist.get_world_size() != 0:
        parser.error(f"--batch-size must be a multiple of {dist.get_world_size()}, the number of processes")
    model = Model()
    optimizer, steps = load(args.checkpoint, model)
    with np.load(args.data) as file:
        dtype = next(model.parameters()).dtype
        data = TensorDataset(torch.from_numpy(file["inputs"]).to(dtype), torch.from_numpy(file["labels"]).long())
    sampler = DistributedSampler(data, seed=args.seed, drop_last=True)
    batches = DataLoader(data, args.batch_size // dist.get_world_size(), sampler=sampler, drop_last=True)
    if len(batches) == 0:
        parser.error(f"--batch-size must be at most {len(data)}, the number of rows")
    parallel = DistributedDataParallel(model)
    model.train()
    for epoch in range(args.epochs):
        sampler.set_epoch(epoch)
        total = 0.0
        for inputs, labels in batches:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(parallel(inputs), labels)
            loss.backward()
            optimizer.step()
            steps += 1
            total += loss.item()
        if dist.get_rank() == 0:
            print(f"epoch {epoch + 1}/{args.epochs}: mean loss {total / len(batches):.6f}", flush=True)
    if dist.get_rank() == 0:
        save(args.out, model, optimizer, steps)
    del parallel, loss
    dist.barrier()
    dist.destroy_process_group()
    # All is done and written. Threads of gloo now and then abort an interpreter that takes itself down (SIGABRT).
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
`;

function argumentsOf(optimizer: TorchOptimizer): string {
  if (optimizer.name === "SGD") {
    const { momentum = 0, nesterov = false, weightDecay = 0 } = optimizer;
    return `momentum=${momentum}, nesterov=${nesterov ? "True" : "False"}, weight_decay=${weightDecay}`;
  }
  if (optimizer.name !== "Adam" && optimizer.name !== "AdamW") {
    const { name } = optimizer as { readonly name: unknown };
    throw new RangeError(`exportTorchrunScript: name must be SGD, Adam or AdamW, got ${String(name)}`);
  }
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimizer;
  const { weightDecay = optimizer.name === "AdamW" ? 0.01 : 0 } = optimizer;
  return `betas=(${beta1}, ${beta2}), eps=${epsilon}, weight_decay=${weightDecay}`;
}
