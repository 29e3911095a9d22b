"""Recordings and saved sessions as one page that draws what happened, message by message.

`rows` says what each message is about, `document` makes it values together with threads, turns, items and
findings, and `page` packs these into a file, which the script of `templates/timeline` draws.
"""

from codexwire.timeline.document import document
from codexwire.timeline.page import page
from codexwire.timeline.rows import TimelineRow, in_order, line_rows, message_rows

__all__ = ["TimelineRow", "document", "in_order", "line_rows", "message_rows", "page"]
