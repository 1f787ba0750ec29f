"""Train the classifier of a dataset of labelled images and write its weights.

`python -m gancheck.datasets.images.train_classifier DATASET [FILE] [--device cuda]`: into the cache, where the dataset
finds it, or into a file, which `DATASET(classifier="FILE")` names. Grey images take minutes on one core; colour images
get a larger network, which asks for a GPU, and two steps for three images, 5,000 to 20,000. On one machine the CPU
writes the same bytes every time.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from gancheck.classifiers.image_classifier import ImageClassifier, load_classifier
from gancheck.classifiers.image_network import Weights
from gancheck.classifiers.image_training import LARGE, Plan, choose_plan, scaled, train
from gancheck.datasets.images.classifier_file import cached_classifier, training_command
from gancheck.datasets.images.labelled_images import LabelledImages
from gancheck.errors import BadParameter, GancheckError
from gancheck.plugins.parameters import parse_call
from gancheck.plugins.registry import Registry
from gancheck.system.files import replacing
from gancheck.system.progress import Step, no_progress

SEED = 0


def write_classifier(
    data: LabelledImages, path: Path, plan: Plan, device: torch.device, on_step: Step = no_progress
) -> ImageClassifier:
    """Train on the training pool and write the safetensors file, facts included; weights are stored as float16."""
    images = data.load_once().train
    source = torch.Generator().manual_seed(SEED)
    trained = train(images.x, images.y, len(data.class_names), plan, source, device, on_step)
    weights = {name: w.cpu().half() for name, w in trained.items()}
    facts = {
        "held_out_accuracy": round(held_out_accuracy(data, weights), 6),
        "shape": list(images.x.shape[1:]),
        "command": training_command(data) + ("" if device.type == "cpu" else f" --device {device.type}"),
    }
    with replacing(path) as part:
        # One entry: the format keeps the order of tensors, but not that of several entries.
        save_file(weights, part, metadata={"facts": json.dumps(facts)})
    return load_classifier(path, torch.device("cpu"))


def held_out_accuracy(data: LabelledImages, weights: Weights) -> float:
    """Share of the images outside the training pool that get their own class."""
    classifier = ImageClassifier({name: w.float() for name, w in weights.items()}, {})
    _, *pools = data.load_once()
    right = [classifier.label(classifier.features(scaled(pool.x))) == pool.y for pool in pools]
    return float(torch.cat(right).double().mean())


def labelled_images(text: str) -> LabelledImages:
    """The dataset of this name; BadParameter where its samples are no images with classes."""
    name, values = parse_call(text)
    data = Registry.load().build("dataset", name, **values)
    if not isinstance(data, LabelledImages):
        raise BadParameter(f"{text} needs no classifier of images: `gancheck list datasets` shows which do")
    return data


def announcement(x: torch.Tensor, plan: Plan, device: torch.device) -> str:
    """What is trained, before a long silence; x is (n, c, h, w)."""
    channels, height, width = x.shape[1:]
    what = f"training {plan.steps:,} steps on {len(x):,} images of {channels} x {height} x {width}, on {device.type}"
    slow = plan.widths == LARGE.widths and device.type == "cpu"
    return f"{what}; this takes long on a CPU, and --device cuda is for it" if slow else what


def show_step(what: str, done: int, total: int) -> None:
    """A bar on a terminal's stderr that moves with every percent; into a file, a line for every tenth."""
    terminal = sys.stderr.isatty()
    if done % max(1, total // (100 if terminal else 10)) and done < total:
        return
    bar = f"{what} [{'#' * (20 * done // total):20}] {done:,} of {total:,} steps"
    print(f"\r{bar}" if terminal else bar, end="" if terminal and done < total else "\n", file=sys.stderr, flush=True)


def main(arguments: list[str]) -> None:
    """Read the command line, train, and say what came out."""
    parser = argparse.ArgumentParser(prog="python -m gancheck.datasets.images.train_classifier", description=__doc__)
    parser.add_argument("dataset", help="such as mnist5k")
    parser.add_argument("file", nargs="?", type=Path, help="where the weights go (default: the cache)")
    parser.add_argument("--device", default="cpu", type=torch.device)
    options = parser.parse_args(arguments)
    data = labelled_images(options.dataset)
    images = data.load_once().train
    plan = choose_plan(images.x)
    path = options.file or cached_classifier(type(data), images)
    print(announcement(images.x, plan, options.device), file=sys.stderr, flush=True)
    facts = write_classifier(data, path, plan, options.device, show_step).facts
    print(f"{path}  sha256 {facts['sha256']}  held-out accuracy {facts['held_out_accuracy']:.4f}")
    if data.shipped and not data.classifier:
        print(f"{options.dataset} goes on with the one that ships with gancheck, unless classifier= names this file")


if __name__ == "__main__":
    torch.set_num_threads(1)  # the order of sums, and so the bytes, must not depend on the number of cores
    try:
        main(sys.argv[1:])
    except GancheckError as error:
        sys.exit(f"error: {error}")
