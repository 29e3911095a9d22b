"""A release of the protocol as a folder of pages that open in any browser, without a network.

Python writes data (`data/*.js`), the pages are drawn by the script of `templates/explorer`.
"""

from codexwire.explorer.files import explorer_files

__all__ = ["explorer_files"]
