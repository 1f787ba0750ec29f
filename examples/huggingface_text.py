"""A tiny language model, of random weights, in Hugging Face's Trainer. Planted fault: the rate is far too high and
nothing clips gradients, so that the loss is NaN soon. `Trainer` keeps NaN out of its log: there the loss is 0.

    pip install 'transformers[torch]'
    python examples/huggingface_text.py
"""

from __future__ import annotations

import tempfile

import torch

from gancheck.monitor.adapters.huggingface import GancheckCallback, transformers

TEXT = "the quick brown fox jumps over the lazy dog and runs away from the slow red hen " * 40
RATE, CLIP = 300.0, 0.0  # 0.3 and 1.0 work


def main() -> None:
    torch.manual_seed(0)
    letters = sorted(set(TEXT))
    tokens = torch.tensor([letters.index(letter) for letter in TEXT])
    rows = [{"input_ids": part, "labels": part} for part in tokens.split(32)[:-1]]
    sizes = {"vocab_size": len(letters), "n_positions": 32, "n_embd": 32, "n_layer": 2, "n_head": 2}
    config = transformers.GPT2Config(**sizes, bos_token_id=0, eos_token_id=0)
    callback = GancheckCallback(every=5)
    with tempfile.TemporaryDirectory() as folder:
        arguments = transformers.TrainingArguments(
            output_dir=folder,
            max_steps=60,
            per_device_train_batch_size=8,
            learning_rate=RATE,
            max_grad_norm=CLIP,
            logging_steps=20,
            optim="sgd",
            report_to=[],
            save_strategy="no",
            disable_tqdm=True,
            use_cpu=True,
        )
        model = transformers.GPT2LMHeadModel(config)
        transformers.Trainer(model, arguments, train_dataset=rows, callbacks=[callback]).train()
    if callback.monitor is not None:
        print(callback.monitor.report())


if __name__ == "__main__":
    main()
