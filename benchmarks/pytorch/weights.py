"""Reads .safetensors files (format: huggingface/safetensors) and puts them into modules that were built without memory."""
import json

import numpy
import torch

import place

TYPES = {"F64": numpy.float64, "F32": numpy.float32, "F16": numpy.float16, "I64": numpy.int64, "I32": numpy.int32}


def map_file(path):
    """All tensors by name, in their own types, as views of the mapped file (copy on write)."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    data = numpy.memmap(path, mode="c", offset=8 + length)
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        tensors[name] = torch.from_numpy(data[begin:end].view(TYPES[entry["dtype"]]).reshape(entry["shape"]))
    return tensors


def read(path):
    """All tensors by name, in single precision; what is stored so stays in the mapped file."""
    return {name: tensor.float() for name, tensor in map_file(path).items()}


def write(path, tensors, metadata=None):
    """Writes as safetensors does: ordered by type, then by name, the header padded to a multiple of 8."""
    names = {value: key for key, value in TYPES.items()}
    arrays = sorted(((name, tensor.numpy()) for name, tensor in tensors.items()), key=lambda item: (-item[1].itemsize, item[0]))
    header, offset = {"__metadata__": metadata} if metadata else {}, 0
    for name, array in arrays:
        header[name] = {"dtype": names[array.dtype.type], "shape": array.shape, "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, array in arrays:
            file.write(memoryview(array.reshape(-1)).cast("B"))


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
