"""A dataset's pictures to tensors, as kohya's trainer prepares them for the VAE: decoded by Pillow, shrunk by OpenCV."""
from concurrent.futures import ThreadPoolExecutor

import numpy
import torch
from PIL import Image

try:
    import cv2
except ImportError:  # Debian: apt-get install python3-opencv
    cv2 = None


class PrepareImages:
    def __init__(self, request):
        self.images = request["images"]  # path, size after resizing, size of the bucket; both width first

    def __call__(self, turn):
        if turn["workers"] == 1:
            return sum(prepare(decode(path), resized, bucket) for path, resized, bucket in self.images) / len(self.images)
        with ThreadPoolExecutor(turn["workers"]) as pool:
            decoded = [pool.submit(decode, path) for path, _, _ in self.images]
            return sum(prepare(picture.result(), *sizes) for picture, (_, *sizes) in zip(decoded, self.images)) / len(self.images)


def decode(path):
    with Image.open(path) as image:
        return numpy.array(image.convert("RGB"), numpy.uint8)


def prepare(picture, resized, bucket):
    """Mean of the squares of the tensor, which is thrown away."""
    picture = resize(picture, *resized)
    (width, height), (left, top) = bucket, ((resized[0] - bucket[0]) // 2, (resized[1] - bucket[1]) // 2)
    picture = picture[top:top + height, left:left + width]
    tensor = torch.from_numpy(picture).permute(2, 0, 1).contiguous().float().div(255).sub(0.5).div(0.5)  # ToTensor, Normalize
    return tensor.square().mean().item()


def resize(picture, width, height):
    if (width, height) == (picture.shape[1], picture.shape[0]):
        return picture
    if width < picture.shape[1] and height < picture.shape[0]:
        if cv2 is not None:
            return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        return numpy.array(Image.fromarray(picture).resize((width, height), Image.BOX))
    return numpy.array(Image.fromarray(picture).resize((width, height), Image.LANCZOS))
