"""Re-exports `codexwire.lazy`, by which generated packages import their names when first used."""

from codexwire.lazy import lazy_exports

__all__ = ["lazy_exports"]
