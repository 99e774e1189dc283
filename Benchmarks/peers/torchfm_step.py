#!/usr/bin/env python3
"""Examples per second of torchfm's training step, as its own main.py trains.

Reads the batches that `step-benchmark --dump FILE` wrote (a safetensors file with `ids`
[steps, batch, fields], `labels` [steps, batch] and `fieldSizes` [fields]), so both sides see the
same data. Prints one JSON object a run. Needs torch and torchfm 0.7.0 from PyPI.
"""

import argparse
import json
import struct
import time

import numpy
import torch
from torchfm.model.dfm import DeepFactorizationMachineModel
from torchfm.model.pnn import ProductNeuralNetworkModel

TYPES = {"I64": numpy.int64, "I32": numpy.int32, "U32": numpy.uint32, "F32": numpy.float32}


def read_tensors(path):
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
        body = file.read()
    return {
        name: numpy.frombuffer(
            body[slice(*entry["data_offsets"])], dtype=TYPES[entry["dtype"]]
        ).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__"
    }


def make_model(name, field_sizes):
    if name == "deepfm":
        return DeepFactorizationMachineModel(field_sizes, 16, (128, 128), 0.2)
    return ProductNeuralNetworkModel(field_sizes, 16, (128, 128), 0.2)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("batches")
    parser.add_argument("--model", choices=["deepfm", "ipnn"], default="deepfm")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--warmup", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    tensors = read_tensors(options.batches)
    ids = torch.from_numpy(tensors["ids"].astype(numpy.int64))
    labels = torch.from_numpy(tensors["labels"].astype(numpy.float32))
    field_sizes = tensors["fieldSizes"].astype(numpy.int64)
    model = make_model(options.model, field_sizes)
    criterion = torch.nn.BCELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-6)
    model.train()
    seconds = []
    for step in range(options.warmup + options.steps):
        fields = ids[step % len(ids)]
        target = labels[step % len(ids)]
        start = time.perf_counter()
        loss = criterion(model(fields), target)
        model.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
        if step >= options.warmup:
            seconds.append(time.perf_counter() - start)
    median = float(numpy.median(seconds))
    print(json.dumps({
        "system": f"torchfm 0.7.0, torch {torch.__version__}",
        "model": options.model,
        "threads": options.threads,
        "batch": int(ids.shape[1]),
        "medianStepSeconds": median,
        "examplesPerSecond": ids.shape[1] / median,
    }))


if __name__ == "__main__":
    main()
