"""Seeded supervised training: SGD with Nesterov momentum, warm-up and cosine decay, averaged weights."""
import copy
import math
import random
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Recipe:
    epochs: int
    batch_size: int = 128
    learning_rate: float = 0.1
    warmup_epochs: float = 1.0
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1
    average_decay: float = 0.998


def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def learning_rate_at(progress, recipe):
    """Linear warm-up, then half a cosine to zero; progress runs from 0 to 1."""
    warmup = recipe.warmup_epochs / recipe.epochs
    if progress < warmup:
        return recipe.learning_rate * progress / warmup
    return recipe.learning_rate * 0.5 * (1 + math.cos(math.pi * (progress - warmup) / (1 - warmup)))


def parameter_groups(model, weight_decay):
    """Decay convolution and linear weights only, never norms and biases."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


@torch.no_grad()
def update_average(average, model, decay):
    for mean, value in zip(average.state_dict().values(), model.state_dict().values()):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1 - decay)
        else:
            mean.copy_(value)


def fit(model, inputs, labels, augment, recipe, class_weights=None):
    """Trains in place on augment(inputs[batch]); returns the exponential moving average of the model."""
    steps_per_epoch = len(inputs) // recipe.batch_size

    def batches():
        order = torch.randperm(len(inputs))
        for batch in order[:steps_per_epoch * recipe.batch_size].view(steps_per_epoch, -1):
            yield augment(inputs[batch]), labels[batch]

    return fit_batches(model, batches, steps_per_epoch, recipe, class_weights)


def fit_batches(model, batches, steps_per_epoch, recipe, class_weights=None):
    """As `fit`, on the pairs (inputs, labels) that batches() yields in each epoch."""
    average = copy.deepcopy(model)
    optimizer = torch.optim.SGD(parameter_groups(model, recipe.weight_decay), lr=0.0, momentum=0.9,
                                nesterov=True)
    step, total_steps = 0, recipe.epochs * steps_per_epoch
    for epoch in range(recipe.epochs):
        started, loss_sum = time.time(), 0.0
        model.train()
        for inputs, labels in batches():
            for group in optimizer.param_groups:
                group["lr"] = learning_rate_at(step / total_steps, recipe)
            loss = F.cross_entropy(model(inputs), labels, weight=class_weights,
                                   label_smoothing=recipe.label_smoothing)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            step += 1
            update_average(average, model, min(recipe.average_decay, step / (step + 10)))
            loss_sum += loss.item()
        print(f"epoch {epoch + 1:3d}/{recipe.epochs}  loss {loss_sum / steps_per_epoch:.4f}  "
              f"{time.time() - started:.0f} s", flush=True)
    return average.eval()


@torch.no_grad()
def predict(model, inputs, batch_size=500):
    model.eval()
    return torch.cat([model(inputs[start:start + batch_size]) for start in range(0, len(inputs), batch_size)])


def accuracy(logits, labels):
    return (logits.argmax(1) == labels).float().mean().item()
