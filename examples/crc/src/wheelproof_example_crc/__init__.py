"""CRC-32C (Castagnoli) checksums, computed in C."""

from ._crc32c import crc32c

__all__ = ["crc32c"]
