"""What is computed. Each task is prepared once from the request, then called with the arguments of every turn; it returns a number to compare."""
import glob

import numpy
import torch
from torch.nn import functional as F

import adapters
import place
import weights
from text_encoder import TextEncoder
from unet import UNet
from vae import Autoencoder


def load_unet(folder):
    return weights.load(folder, "unet", UNet, dtype=place.dtype)


def load_text_encoder(folder):
    return weights.load(folder, "text_encoder", TextEncoder, "model.safetensors", dtype=place.dtype)


def load_vae(folder):
    return weights.load(folder, "vae", Autoencoder)


class UNetForward:
    def __init__(self, request):
        self.unet = load_unet(request["model"])

    @torch.no_grad()
    def __call__(self, turn):
        generator = torch.Generator().manual_seed(1)
        latents = torch.randn(turn["latents"], generator=generator).to(place.device)
        context = torch.randn(turn["context"], generator=generator).to(place.device)
        with place.autocast():
            return self.unet(latents, torch.full((latents.shape[0],), 500, device=place.device), context).float().square().mean().item()


class TrainingStep:
    """One step of kohya's train_network: text states, noise, prediction, loss, gradients, clipping, AdamW."""

    def __init__(self, request):
        self.unet, self.text_encoder = load_unet(request["model"]), load_text_encoder(request["model"])
        of_unet, of_text = adapters.attach(request["adapter"], request["kind"], self.unet, self.text_encoder)
        self.parameters = [*of_unet.parameters(), *of_text.parameters()]
        self.optimizer = torch.optim.AdamW([
            {"params": list(of_unet.parameters()), "lr": request["unet_lr"]},
            {"params": list(of_text.parameters()), "lr": request["text_lr"]}], **({"fused": True} if place.device.type == "cuda" else {}))
        self.scaler = place.scaler()
        self.ids = torch.tensor(request["tokens"])
        self.batch = request["batch"]
        stored = numpy.load(glob.glob(request["latents"] + "/**/*.npz", recursive=True)[0])
        latents = torch.from_numpy(stored[next(key for key in stored.files if key.startswith("latents"))])
        self.latents = (latents * request["scaling_factor"])[None].expand(self.batch, -1, -1, -1).contiguous().to(place.device)
        self.alphas = torch.tensor(request["alphas_cumprod"], device=place.device)

    def __call__(self, turn):
        generator = torch.Generator().manual_seed(turn["seed"])
        noise = torch.randn(self.latents.shape, generator=generator).to(place.device)
        timesteps = torch.randint(0, len(self.alphas), (self.batch,), generator=generator).to(place.device)
        alpha = self.alphas[timesteps][:, None, None, None]
        noisy = alpha.sqrt() * self.latents + (1 - alpha).sqrt() * noise
        with place.autocast():
            predicted = self.unet(noisy.to(place.dtype), timesteps, self.text_encoder(self.ids.to(place.device).expand(self.batch, -1)))
        loss = F.mse_loss(predicted.float(), noise, reduction="none").mean([1, 2, 3]).mean()
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(self.optimizer)
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for group, rate in zip(self.optimizer.param_groups, turn["rates"]):
            group["lr"] = rate
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.item()


class OptimizerStep:
    """torch.optim over tensors of given shapes, as the trainer creates it."""

    def __init__(self, request):
        self.parameters = [torch.nn.Parameter(torch.zeros(shape)) for shape in request["shapes"]]
        for parameter in self.parameters:
            parameter.grad = torch.full_like(parameter, 1e-3)
        self.optimizer = getattr(torch.optim, request["optimizer"])(self.parameters, lr=1e-4)

    def __call__(self, turn):
        if turn["what"] == "norm":
            return torch.nn.utils.clip_grad_norm_(self.parameters, float("inf")).item()
        self.optimizer.step()
        return 0


class Sampling:
    """A picture by guided DDIM, 8-bit pixels included."""

    def __init__(self, request):
        folder = request["model"]
        self.unet, self.text_encoder, self.vae = load_unet(folder), load_text_encoder(folder), load_vae(folder)
        if request["adapter"]:
            adapters.attach(request["adapter"], request["kind"], self.unet, self.text_encoder)
        self.alphas = request["alphas_cumprod"]
        self.tokens = torch.tensor(request["tokens"], device=place.device)  # negative, positive

    @torch.no_grad()
    def __call__(self, turn):
        with place.autocast():
            return self.draw(turn)

    def draw(self, turn):
        context = self.text_encoder(self.tokens)
        steps, scale, shape = turn["steps"], turn["guidance"], turn["shape"]
        context = torch.cat([context[:1].expand(len(turn["seeds"]), -1, -1), context[1:].expand(len(turn["seeds"]), -1, -1)])
        x = torch.cat([torch.randn([1, *shape], generator=torch.Generator().manual_seed(seed)) for seed in turn["seeds"]]).to(place.device)
        stride = len(self.alphas) // steps
        for i in range(steps):
            t = (steps - 1 - i) * stride + 1
            alpha, following = self.alphas[t], self.alphas[max(t - stride, 0)]
            pair = torch.cat([x, x])
            negative, positive = self.unet(pair, torch.full((pair.shape[0],), t, device=place.device), context).chunk(2)
            noise = negative + scale * (positive - negative)
            clean = (x - (1 - alpha) ** 0.5 * noise) / alpha ** 0.5
            x = following ** 0.5 * clean + (1 - following) ** 0.5 * noise
        with torch.autocast(place.device.type, enabled=False):
            images = self.vae.decode(x.float())
        return (images / 2 + 0.5).clamp(0, 1).mul(255).round().byte().float().mean().item()


class VaeEncode:
    def __init__(self, request):
        self.vae = load_vae(request["model"])

    @torch.no_grad()
    def __call__(self, turn):
        images = torch.rand(turn["images"], generator=torch.Generator().manual_seed(1)).to(place.device) * 2 - 1
        return self.vae.encode_mean(images).square().mean().item()
