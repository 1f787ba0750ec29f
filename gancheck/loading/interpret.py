"""From raw numbers to samples, after a look at all of them: the same way as the reference, where there is one."""

from __future__ import annotations

from dataclasses import replace

from gancheck.errors import BadData
from gancheck.loading.channels import match_channels
from gancheck.loading.kinds import decide_form
from gancheck.loading.layout import SHAPES
from gancheck.loading.magnitude import refuse_tiny
from gancheck.loading.numbers import read_numbers
from gancheck.loading.options import NO_OPTIONS, ReadOptions
from gancheck.loading.pictures import read_pictures
from gancheck.loading.raw import Raw
from gancheck.loading.resize import resize_images
from gancheck.loading.samples import Samples
from gancheck.loading.survey import Survey
from gancheck.system.counts import say_count


def interpret(raw: Raw, options: ReadOptions = NO_OPTIONS, like: Samples | None = None) -> Samples:
    """What the numbers mean, decided over all of them; BadData where they mean nothing."""
    if not raw.shape:
        raise BadData(f"{raw.name} holds single numbers in a row; give {SHAPES} (1-D points as (n, 1))")
    if 0 in raw.shape:
        raise BadData(f"{raw.name} holds no samples: its shape is (n, {', '.join(map(str, raw.shape))})")
    form = decide_form(raw, options, like)
    read, survey = read_numbers(raw, form) if form.layout is None else read_pictures(raw, form, like)
    if like is None:  # samples may have collapsed so near to 0 beside a reference that has not
        refuse_tiny(raw, survey)
    samples = describe_source(read, raw, survey)
    if options.resize is not None:
        samples = resize_images(samples, options.resize)
    return samples if like is None else match_channels(samples, like)


def describe_source(read: Samples, raw: Raw, survey: Survey) -> Samples:
    """The samples with what their source says of them, once their number is known."""
    if not survey.count:
        raise BadData(f"{raw.name} holds no samples")
    if raw.labels is not None and len(raw.labels) != survey.count:
        labels = say_count(len(raw.labels), "label")
        raise BadData(f"{raw.name} holds {say_count(survey.count, 'sample')} but {labels}; give one a sample")
    columns = raw.schema.coordinates if raw.schema is not None and raw.schema.named else ()
    return replace(
        read,
        count=None if raw.endless else survey.count,
        labels=raw.labels,
        classes=raw.classes,
        files=raw.files,
        columns=columns,
        schema=raw.schema,
        missing=raw.missing,
        notes=(*raw.notes, *filter(None, read.notes)),
    )
