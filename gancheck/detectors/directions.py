"""Whether a number is better higher or better lower, as far as its name says so."""

from __future__ import annotations

import re

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")  #: valAccuracy
COUNTED = re.compile(r"\d+k?$")  #: fid50k, bleu4, acc1

DISTANCES = frozenset({"fid", "kid", "cmmd", "mmd", "frechet", "wasserstein", "swd"})  #: from samples to real ones
ERRORS = """loss losses nll mse mae rmse mape smape msle err error errors wer cer ter ppl perplexity bpd bpc bpb brier
ece fpr fnr eer lpips kl kld jsd divergence chamfer hausdorff distance regret"""
SCORES = """acc accuracy ap map mar auc auroc auprc prauc roc f1 f1score precision recall sensitivity specificity tpr
tnr iou miou dice jaccard kappa mcc matthews pearson spearman spearmanr r2 exact bleu sacrebleu rouge rougel rougelsum
meteor cider chrf psnr ssim score inception density coverage top1 top5 ndcg mrr hits reward success"""
#: Terms and quantities that say nothing of how well it goes, whatever else the name says.
OTHERS = """gp penalty entropy regularisation regularization reg norm grad gradient time seconds count weight scale
lambda beta temperature memory lr"""
LOWER, HIGHER = DISTANCES | frozenset(re.findall(r"\w+", ERRORS)), frozenset(re.findall(r"\w+", SCORES))
NEITHER = frozenset(re.findall(r"\w+", OTHERS))


def is_better_higher(name: str) -> bool:
    """Whether a number is known to be better higher; `neg_mse`, an error with its sign turned, is so too."""
    words = words_of(name)
    if some(words, NEITHER):
        return False
    is_turned = words[:1] == ["neg"] and some(words, LOWER)
    return is_turned or (some(words, HIGHER) and not some(words, LOWER))


def is_better_lower(name: str) -> bool:
    """Whether a number is known to be better lower. A name of both kinds is: `fid_score`."""
    words = words_of(name)
    return some(words, LOWER) and not some(words, NEITHER) and words[:1] != ["neg"]


def is_distance(name: str) -> bool:
    """Whether a number is known as a distance between samples and real ones."""
    return is_better_lower(name) and some(words_of(name), DISTANCES)


def words_of(name: str) -> list[str]:
    """The words of a name in lower case, without `metric_`, nor what follows "at": `tpr@fpr`, `recall_at_10`."""
    spelt = CAMEL.sub("_", name).lower().removeprefix("metric_")
    found = [word for word in re.split(r"[^a-z0-9@]+", spelt.replace("@", "_at_")) if word]
    return found[: found.index("at")] if "at" in found else found


def some(words: list[str], kind: frozenset[str]) -> bool:
    """Whether one of the words is of a kind, as it is or without the count at its end."""
    return any(word in kind or COUNTED.sub("", word) in kind for word in words)
