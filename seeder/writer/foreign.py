"""A user's own model: a Hugging Face directory converted to CTranslate2, and asked in words.

A model without control tokens is shown a few bodies of the grammar and asked for one more: as the
next line of a list, or in the turns of its own chat template. One that was tuned is asked in the
words that it was tuned with. What they write is judged like everything else.
"""

from __future__ import annotations

import json
import math
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from seeder.errors import SeederError
from seeder.text import grammar
from seeder.text.pool import Body
from seeder.writer import narrow, safe, units, vocabulary
from seeder.writer.folder import replaced
from seeder.writer.sample import BEGUN, Drawn, Sampling
from seeder.writer.units import ANY, Unit

CARD = "imported.json"
TUNED = "tuned.json"  # beside a tuned model's weights: of what base, how
_TOKENIZER = (
    "tokenizer.json tokenizer_config.json special_tokens_map.json added_tokens.json vocab.json "
    "merges.txt chat_template.jinja"
).split()
_PIECES = ("tokenizer.model", "spiece.model")
_SHOWN = 5  # bodies that a prompt shows
MEND = "a Hugging Face directory has config.json, weights and a tokenizer"


def take(path: Path, out: Path, quantization: str, style: str = "auto") -> dict[str, Any]:
    """Convert the model of a directory; beside and renamed: a failure keeps the old."""
    config = checked(path)
    architecture = (config.get("architectures") or ["?"])[0]
    converters = vocabulary.library("ctranslate2", "text").converters
    transformers()
    vocabulary.library("torch", "import")
    asked = _style(path, style)
    card = {"architecture": architecture, "quantization": quantization, "style": asked,
            "encoder_decoder": bool(config.get("is_encoder_decoder"))}  # fmt: skip
    if asked == "tuned":
        _end(path, tokenizer_of(path), card["encoder_decoder"])
        card |= _object(path / TUNED) if (path / TUNED).is_file() else {}
    with replaced(out) as part:
        try:
            if asked == "tuned":
                converter = narrow.converter(path, tokenizer_of(path))
            else:
                converter = converters.TransformersConverter(str(path), low_cpu_mem_usage=False)
            converter.convert(str(part), quantization=quantization)
        except ValueError as error:
            raise SeederError(f"{path}: {architecture} cannot be converted: {error}") from None
        except Exception as error:  # noqa: BLE001  broken weights fail in many ways, in libraries
            raise SeederError(f"{path}: the model cannot be read: {error}") from None
        for name in (*_TOKENIZER, *_PIECES):
            if (path / name).is_file():
                shutil.copy(path / name, part / name)
        (part / CARD).write_text(json.dumps(card, indent=2) + "\n", "utf-8")
    return card


def checked(path: Path) -> dict[str, Any]:
    """The configuration of a directory that has a model and its tokenizer, or why it has none."""
    try:
        config = _object(path / "config.json")
    except OSError as error:
        raise SeederError(f"{path}: not a model's directory: config.json: {error}", MEND) from None
    if not any((path / f).is_file() for f in ("tokenizer.json", *_PIECES)):
        raise SeederError(
            f"{path}: no tokenizer",
            "tokenizer.json, tokenizer.model or spiece.model is wanted beside the weights",
        )
    return config


def _object(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise SeederError(f"{file}: not JSON: {error}", MEND) from None
    if not isinstance(found, dict):
        raise SeederError(f"{file}: an object is wanted", MEND)
    return found


def transformers() -> Any:
    """The library, without its own progress bars."""
    found = vocabulary.library("transformers", "import")
    found.utils.logging.disable_progress_bar()
    return found


def tokenizer_of(path: Path) -> Any:
    """The tokenizer of a directory; nothing is downloaded."""
    library = transformers()
    try:
        return library.AutoTokenizer.from_pretrained(str(path), local_files_only=True)
    except Exception as error:  # noqa: BLE001  broken ones fail in many ways, in libraries
        line = f"{type(error).__name__}: {error}".splitlines()[0]
        raise SeederError(f"{path}: the tokenizer cannot be read: {line}", MEND) from None


def convertible(path: Path, config: Any) -> None:
    """Raise SeederError where CTranslate2 converts no such decoder: said before hours of tuning."""
    known = vocabulary.library("ctranslate2.converters.transformers", "text")
    # A table of the library without a promise: where it is gone, the conversion tells.
    table = getattr(known, "_MODEL_LOADERS", None)
    if table is None:
        return
    made = getattr(table.get(type(config).__name__), "architecture_name", "")
    if "CausalLM" not in made and "LMHead" not in made:
        raise SeederError(
            f"{path}: {type(config).__name__} is no decoder that CTranslate2 converts",
            "Llama, Mistral, Gemma, Qwen2, Phi, GPT-2 and others are",
        )


def _end(path: Path, tokenizer: Any, encoder_decoder: bool) -> str:
    """The token that a tuned model's texts begin after and end with."""
    if encoder_decoder or tokenizer.eos_token_id is None:
        raise SeederError(
            f"{path}: cannot be asked as a tuned model: "
            + ("it has an encoder" if encoder_decoder else "its tokenizer has no token of the end"),
            "tune a decoder: seeder text train --base, or import with --style base",
        )
    return str(tokenizer.eos_token)


def _style(path: Path, style: str) -> str:
    if style != "auto":
        return style
    if (path / TUNED).is_file():
        return "tuned"
    file = path / "tokenizer_config.json"
    given = _object(file) if file.is_file() else {}
    chat = bool(given.get("chat_template")) or (path / "chat_template.jinja").is_file()
    return "chat" if chat else "base"


def is_tuned(folder: Path) -> bool:
    """Whether a folder has an imported model that was tuned on notes."""
    file = folder / CARD
    return file.is_file() and _object(file).get("style") == "tuned"


class Foreign:
    """An imported model as a writer of bodies."""

    def __init__(
        self, folder: Path, sampling: Sampling, device: str = "cpu", replicas: int = 1
    ) -> None:
        translate = vocabulary.library("ctranslate2", "text")
        self.card = _object(folder / CARD)
        self.sampling = sampling
        self.tokenizer = tokenizer_of(folder)
        self.tuned = self.card["style"] == "tuned"
        if self.tuned:
            self.end = _end(folder, self.tokenizer, self.card["encoder_decoder"])
            # A slot is one token of ours, and three of a general vocabulary.
            self.sampling = replace(sampling, longest=2 * sampling.longest)
        try:
            translate.set_random_seed(sampling.seed)
            make = translate.Translator if self.card["encoder_decoder"] else translate.Generator
            # Replicas share random numbers: one draws, several score.
            self.model = make(str(folder), device=device, inter_threads=replicas, intra_threads=1)
        except (OSError, RuntimeError, ValueError) as error:
            raise SeederError(f"{folder}: the model cannot be read: {error}") from None

    def draw(self, asked: Sequence[Unit]) -> Iterator[Drawn]:
        """A text for each unit; the end of a line is the end of a body, but of a tuned model's."""
        s = self.sampling
        for low in range(0, len(asked), s.batch):
            batch = asked[low : low + s.batch]
            prompts = [self._tokens(u, low + i) for i, u in enumerate(batch)]
            doubted: set[int] = set()
            results = self._run(prompts, doubted)
            for place, (unit, result) in enumerate(zip(batch, results, strict=True)):
                if self.tuned:
                    yield self._said(unit, result, place not in doubted)
                else:
                    yield self._drawn(unit, result)

    def sums(self, texts: Sequence[Unit]) -> list[tuple[float, int]]:
        """Of a tuned model: the sum of the logarithms of each text's pieces, and their number."""
        return [(float(sum(logs)), len(logs)) for logs in self._logs(texts)]

    def scores(self, texts: Sequence[Unit]) -> list[float]:
        """Of a tuned model: the mean logarithm of each text's pieces, without bound below where it
        would have doubted the text."""
        floor = math.log(self.sampling.floor)
        return [
            -math.inf if min(logs[BEGUN:], default=0.0) < floor else float(sum(logs)) / len(logs)
            for logs in self._logs(texts)
        ]

    def _logs(self, texts: Sequence[Unit]) -> Iterator[list[float]]:
        heads = [self._tokens(u, 0) for u in texts]
        tokens = [
            [*head, *self.tokenizer.tokenize(" " + u.text), self.end]
            for head, u in zip(heads, texts, strict=True)
        ]
        found = self.model.score_batch(tokens, max_batch_size=self.sampling.batch)
        for head, one in zip(heads, found, strict=True):
            yield one.log_probs[len(head) - 1 :]

    def _run(self, prompts: list[list[str]], doubted: set[int]) -> Any:
        """Texts that go on from the prompts. Of a tuned model those are doubted that have a piece
        which it finds unlikely itself; the first may be bolder, so that many begin apart."""
        s = self.sampling

        def piece(step: Any) -> bool:
            if step.log_prob < math.log(s.floor / (10 if step.step < BEGUN else 1)):
                doubted.add(step.batch_id)
            # A text that is doubted goes no further: 1.3 times as many others in the same time.
            return step.batch_id in doubted

        common: dict[str, Any] = {
            "max_batch_size": s.batch, "sampling_topk": s.likely, "sampling_topp": s.mass,
            "sampling_temperature": s.temperature, "return_scores": True,
        }  # fmt: skip
        if self.card["encoder_decoder"]:
            return self.model.translate_batch(prompts, max_decoding_length=s.longest, **common)
        if self.tuned:
            common |= {"end_token": [self.end], "callback": piece}
        return self.model.generate_batch(
            prompts, max_length=s.longest, include_prompt_in_result=False, **common
        )

    def _tokens(self, unit: Unit, number: int) -> list[str]:
        if self.tuned:
            numbers = begun(self.tokenizer, unit)
        elif self.card["style"] == "chat":
            numbers = self.tokenizer.apply_chat_template(
                [{"role": "user", "content": prompt(unit, number)}],
                add_generation_prompt=True,
                return_dict=False,
            )
        else:
            numbers = self.tokenizer.encode(prompt(unit, number))
        tokens: list[str] = self.tokenizer.convert_ids_to_tokens(numbers)
        return tokens

    def _said(self, unit: Unit, result: Any, sure: bool) -> Drawn:
        """A tuned model's text; none where it has no end, in abbreviations where those are asked
        for: a tuned model writes in full."""
        # Pieces and not numbers: a narrowed vocabulary has numbers of its own.
        numbers = self.tokenizer.convert_tokens_to_ids(result.sequences[0])
        whole = sure and len(numbers) < self.sampling.longest
        text = self.tokenizer.decode(numbers, skip_special_tokens=True).strip() if whole else ""
        if unit.style == "terse":
            text = safe.terse(text)
        return Drawn(unit._replace(text=text), float(result.scores[0]), len(numbers))

    def _drawn(self, unit: Unit, result: Any) -> Drawn:
        tokens = (result.hypotheses if self.card["encoder_decoder"] else result.sequences)[0]
        numbers = self.tokenizer.convert_tokens_to_ids(tokens)
        text = self.tokenizer.decode(numbers, skip_special_tokens=True)
        line = next((x for x in text.splitlines() if x.strip()), "")
        return Drawn(unit._replace(text=line.strip(' -*"\t')), float(result.scores[0]), len(tokens))


def begun(tokenizer: Any, unit: Unit) -> list[int]:
    """What a tuned model's text goes on from: an end, and what is asked for in words."""
    words = units.asked_in_words(unit)
    return [tokenizer.eos_token_id, *tokenizer.encode(words, add_special_tokens=False)]


def prompt(unit: Unit, number: int) -> str:
    """What a model without control tokens is asked: a few bodies of the section, and one more."""
    rng = random.Random(f"{unit} {number}")  # noqa: S311 - a pool is frozen, no value path
    like = [b for b in _like(unit) if len(b.body) < 200]
    shown = rng.sample(like, min(_SHOWN, len(like)))
    title = f"{unit.section} of a {unit.kind.replace('_', ' ')}, in the words of a busy clinician"
    about = (
        "" if unit.condition == ANY else f" The patient has: {unit.condition.replace('_', ' ')}."
    )
    lines = "\n".join(f"- {b.body}" for b in shown)
    return (
        f"Sentences for the {title}. Facts stay placeholders in braces; no names, numbers, drugs, "
        f"diagnoses, body parts, or words that tell a sex.{about}\n{lines}\n-"
    )


def _like(unit: Unit) -> list[Body]:
    return [
        b
        for b in grammar.load().pool.bodies(unit.kind)
        if b.section == unit.section and b.style == unit.style
    ]
