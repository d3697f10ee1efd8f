"""Reading and writing the files of training, as kohya's trainer, safetensors and accelerate do."""
import hashlib
import os

import torch

import weights

PAGE = 4096


class LoadFile:
    """A checkpoint: safetensors maps the file; torch.load reads a .ckpt into memory."""

    def __init__(self, request):
        self.path = request["path"]

    def __call__(self, turn):
        if not self.path.endswith(".safetensors"):
            return len(torch.load(self.path, map_location="cpu")["state_dict"])
        tensors = weights.map_file(self.path)
        if turn["what"] == "touch":
            return sum(int(tensor.numpy().reshape(-1).view("u1")[::PAGE].sum(dtype="i8")) for tensor in tensors.values())
        if turn["what"] == "load":
            tensors = {name: tensor.clone() for name, tensor in tensors.items()}  # into the parameters of a model, as load_state_dict does
        return len(tensors)


class SaveAdapter:
    """An adapter as kohya saves it, and its state as accelerate does."""

    def __init__(self, request):
        self.adapter = weights.read(request["adapter"])
        self.trained = [tensor.clone().requires_grad_() for name, tensor in self.adapter.items() if not name.endswith(".alpha")]
        self.optimizer = torch.optim.AdamW(self.trained, lr=1e-4)
        for tensor in self.trained:
            tensor.grad = torch.zeros_like(tensor)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)

    def __call__(self, turn):
        path = turn["path"]
        if turn["what"] == "adapter":
            tensors = {name: tensor.detach().clone().half() for name, tensor in self.adapter.items()}
            hashed = b"".join(tensors[name].numpy().tobytes() for name in sorted(tensors))  # safetensors.save, in memory
            weights.write(path, tensors, {"sshs_model_hash": hashlib.sha256(hashed).hexdigest()})
        else:
            os.makedirs(path, exist_ok=True)
            weights.write(f"{path}/model.safetensors", self.adapter)
            torch.save(self.optimizer.state_dict(), f"{path}/optimizer.bin")
        return 0
