"""Text to Morse code (ITU-R M.1677-1) and back."""

__all__ = ["decode", "encode"]

_CODES = {
    "A": ".-", "B": "-...", "C": "-.-.", "D": "-..", "E": ".", "F": "..-.",
    "G": "--.", "H": "....", "I": "..", "J": ".---", "K": "-.-", "L": ".-..",
    "M": "--", "N": "-.", "O": "---", "P": ".--.", "Q": "--.-", "R": ".-.",
    "S": "...", "T": "-", "U": "..-", "V": "...-", "W": ".--", "X": "-..-",
    "Y": "-.--", "Z": "--..",
    "0": "-----", "1": ".----", "2": "..---", "3": "...--", "4": "....-",
    "5": ".....", "6": "-....", "7": "--...", "8": "---..", "9": "----.",
}  # fmt: skip
_LETTERS = {code: letter for letter, code in _CODES.items()}


def encode(text: str) -> str:
    """The Morse code of a text: a space between letters, `` / `` between words."""
    return " / ".join(
        " ".join(_code(letter) for letter in word) for word in text.upper().split()
    )


def decode(morse: str) -> str:
    """The text that a Morse code stands for, in capitals."""
    return " ".join(
        "".join(_letter(code) for code in word.split()) for word in morse.split("/")
    )


def _code(letter: str) -> str:
    try:
        return _CODES[letter]
    except KeyError:
        raise ValueError(f"{letter!r} has no Morse code") from None


def _letter(code: str) -> str:
    try:
        return _LETTERS[code]
    except KeyError:
        raise ValueError(f"{code!r} is not Morse code") from None
