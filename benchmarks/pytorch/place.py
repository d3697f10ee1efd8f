"""Where and in what the counterpart computes, as kohya's trainer does: frozen weights in half precision, everything else by autocast."""
import torch

device, dtype = torch.device("cpu"), torch.float32


def choose(request):
    global device, dtype
    device = torch.device(request.get("device", "cpu"))
    precision = request.get("precision", "fp32")
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(precision, torch.float32)
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"


def autocast():
    return torch.autocast(device.type, dtype=dtype if dtype != torch.float32 else torch.bfloat16, enabled=dtype != torch.float32)


def scaler():
    return torch.cuda.amp.GradScaler(enabled=dtype == torch.float16)
