"""An enumeration of words that prints as its value; `enum.StrEnum` only came with Python 3.11."""

from enum import Enum


class Word(str, Enum):
    """Members are strings: they compare, format and serialise as their value."""

    def __str__(self) -> str:
        return str(self.value)
