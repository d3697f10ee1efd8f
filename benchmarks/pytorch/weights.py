"""Reads .safetensors files (format: huggingface/safetensors) and puts them into modules that were built without memory."""
import json

import numpy
import torch

import place

TYPES = {"F64": numpy.float64, "F32": numpy.float32, "F16": numpy.float16, "I64": numpy.int64, "I32": numpy.int32}


def read(path):
    """All tensors by name. Single precision stays in the mapped file (copy on write), anything else becomes single precision."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    data = numpy.memmap(path, mode="c", offset=8 + length)
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        array = data[begin:end].view(TYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(array if array.dtype == numpy.float32 else array.astype(numpy.float32))
    return tensors


def fill(module, tensors):
    """Replaces the parameters of a module on the 'meta' device; all are frozen."""
    for name, _ in list(module.named_parameters()):
        *place, last = name.split(".")
        owner = module.get_submodule(".".join(place))
        setattr(owner, last, torch.nn.Parameter(tensors[name], requires_grad=False))
    return module


def load(folder, part, build, file="diffusion_pytorch_model.safetensors", dtype=torch.float32):
    """A part of a diffusers folder: build(config) gets its config.json."""
    with open(f"{folder}/{part}/config.json", encoding="utf-8") as config:
        module = build(json.load(config))
    return fill(module, read(f"{folder}/{part}/{file}")).to(place.device, dtype)
