"""What generated packages import their names with."""

from codexwire.lazy import lazy_exports

__all__ = ["lazy_exports"]
