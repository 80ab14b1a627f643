"""Times PyTorch on the networks of configs/. Started by peers.py; alone: echo REQUEST | torch_peer.py [--tuned]

A request is one line, {"network": "l2-tanh", "batch": 16, "threads": 2, "seconds": 1}; so is the answer: train_ms_per_sample,
test_ms_per_sample, parameters. Training is what assay's is: a shuffled minibatch, forward, loss, backward, update, dropout on.
Images are random and lie in memory as normalised floats of 32x32, so PyTorch has neither to pad nor to convert them.

--tuned: channels last, inference mode, gradients set to None, one call for the update of all parameters, denormals flushed.
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional

TRAIN_IMAGES, TEST_IMAGES = 4096, 2048
tuned = "--tuned" in sys.argv[1:]


class L2Pool(nn.Module):
    """sqrt of the sum of squares: what nn.LPPool2d(2, 2) computes, without its pow and sign."""

    def forward(self, x):
        return torch.sqrt(4 * functional.avg_pool2d(x * x, 2) + 1e-12)


class SubtractiveNorm(nn.Module):
    """Subtracts the 7x7 gaussian mean over all maps, which at the borders is that of what lies inside."""

    def __init__(self, side):
        super().__init__()
        line = torch.exp(-0.5 * ((torch.arange(7) - 3) / (0.25 * 7)) ** 2)
        window = torch.outer(line, line)[None, None] / line.sum() ** 2
        self.register_buffer("window", window)
        self.register_buffer("scale", 1 / functional.conv2d(torch.ones(1, 1, side, side), window, padding=3))

    def forward(self, x):
        return x - self.scale * functional.conv2d(x.mean(1, keepdim=True), self.window, padding=3)


def convnet(pool, drop=(0, 0)):
    """configs/convnet.yaml"""
    def stage(maps, rate, side):
        dropout = [nn.Dropout(rate)] if rate else []
        return [nn.Conv2d(maps, 64, 5), nn.Tanh(), pool(), *dropout, SubtractiveNorm(side)]
    return [*stage(1, drop[0], 14), *stage(64, drop[1], 5), nn.Flatten(), nn.Linear(1600, 128), nn.Tanh(), nn.Linear(128, 10)]


def small_kernels(first, second):
    """configs/convnet-3x3-*.yaml"""
    return [nn.Conv2d(1, first, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(first, second, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(36 * second, 128), nn.ReLU(), nn.Linear(128, 10)]


NETWORKS = {
    "l2-tanh": lambda: convnet(L2Pool),
    "max-tanh": lambda: convnet(lambda: nn.MaxPool2d(2)),
    "overlapping-max-tanh-dropout": lambda: convnet(lambda: nn.MaxPool2d(3, 2, 1), (0.2, 0.5)),
    "mlp": lambda: [nn.Flatten(), nn.Linear(1024, 512), nn.Tanh(), nn.Linear(512, 10)],
    "convnet-3x3-32-128": lambda: small_kernels(32, 128),
    "convnet-3x3-16-48": lambda: small_kernels(16, 48),
}


class Case:
    """One network at one batch size."""

    def __init__(self, network, batch):
        torch.manual_seed(1)
        self.batch = batch
        self.model = nn.Sequential(*NETWORKS[network]())
        self.images, self.test_images = torch.randn(TRAIN_IMAGES, 1, 32, 32), torch.randn(TEST_IMAGES, 1, 32, 32)
        self.labels, self.test_labels = torch.randint(10, (TRAIN_IMAGES,)), torch.randint(10, (TEST_IMAGES,))
        if tuned:
            self.model = self.model.to(memory_format=torch.channels_last)
            self.images = self.images.contiguous(memory_format=torch.channels_last)
            self.test_images = self.test_images.contiguous(memory_format=torch.channels_last)
        # Images of pure noise teach nothing; with a small rate the numbers stay in the range of a real training.
        more = {"foreach": True} if tuned else {}
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=1e-5, momentum=0.7, **more)
        self.order, self.at, self.test_at = torch.randperm(TRAIN_IMAGES), 0, 0

    def train(self):
        if self.at >= TRAIN_IMAGES:
            self.order, self.at = torch.randperm(TRAIN_IMAGES), 0
        chosen = self.order[self.at:self.at + self.batch]
        self.at += self.batch
        self.optimizer.zero_grad(set_to_none=tuned)
        functional.cross_entropy(self.model(self.images[chosen]), self.labels[chosen], reduction="sum").backward()
        self.optimizer.step()
        return len(chosen)

    def test(self):
        if self.test_at >= TEST_IMAGES:
            self.test_at = 0
        part = slice(self.test_at, self.test_at + self.batch)
        self.test_at += self.batch
        with torch.inference_mode() if tuned else torch.no_grad():
            outputs = self.model(self.test_images[part])
            functional.cross_entropy(outputs, self.test_labels[part], reduction="sum").item()
            (outputs.argmax(1) != self.test_labels[part]).sum().item()
        return len(outputs)


def measure(step, seconds):
    """ms per sample, after a tenth of the time to warm up."""
    start = time.perf_counter()
    while True:
        step()
        if time.perf_counter() - start >= seconds / 10:
            break
    samples, start = 0, time.perf_counter()
    while True:
        samples += step()
        passed = time.perf_counter() - start
        if passed >= seconds:
            return 1000 * passed / samples


def main():
    if tuned:
        torch.set_flush_denormal(True)
    cases = {}
    for line in sys.stdin:
        request = json.loads(line)
        key = request["network"], request["batch"]
        torch.set_num_threads(request["threads"])
        if key not in cases:
            cases[key] = Case(*key)
        case = cases[key]
        case.model.train()
        train = measure(case.train, request["seconds"])
        case.model.eval()
        test = measure(case.test, request["seconds"])
        parameters = sum(parameter.numel() for parameter in case.model.parameters())
        print(json.dumps({"train_ms_per_sample": train, "test_ms_per_sample": test, "parameters": parameters,
                          "version": torch.__version__}), flush=True)


if __name__ == "__main__":
    main()
