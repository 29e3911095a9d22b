"""One recording from its file to findings: opened, its format told, judged as messages or as lines."""

from __future__ import annotations

from codexwire.errors import CodexwireError, TranscriptError, UsageError
from codexwire.finding import Level
from codexwire.location import Location
from codexwire.transcript.entry import FileIssue
from codexwire.transcript.formats.table import detect
from codexwire.transcript.judge import judge_items
from codexwire.transcript.judgement import Choose, Judgement, JudgeOptions
from codexwire.transcript.ladder import Climb
from codexwire.transcript.line_judge import judge_lines
from codexwire.transcript.quiet import Glance
from codexwire.transcript.source import LONGEST, OpenRecording

__all__ = ["judge"]


def judge(
    source: OpenRecording, choose: Choose, options: JudgeOptions, climb: Climb | None = None
) -> Judgement:
    """Return the judgement of a recording, which is opened and closed here.

    `choose` gives the schema of messages, `climb` those of lines; without it a file of lines cannot be
    judged. What is wrong with the recording never raises: it is a finding, and `unusable` where nothing
    more could be checked.
    """
    judgement = Judgement(source.name, options.limit)
    try:
        with source:
            format = detect(source)
            judgement.format = format.id
            try:
                if format.profile is None:
                    glance = Glance()
                    items = format.quick(source, glance) if format.quick else format.read(source)
                    judge_items(items, judgement, choose, options, glance)
                elif climb is not None:
                    judge_lines(format.read(source), judgement, format.profile, climb, options)
                else:
                    raise UsageError(f"no schemas of a {format.title} are available")
            finally:
                judgement.bytes = source.size
            for number in source.too_long:
                text = f"a line of more than {LONGEST >> 20} MiB was passed over"
                judgement.add_issue(FileIssue(number, "long-line", Level.ERROR, text, unread=True))
            if source.damage is not None:
                raise source.damage
            if not (judgement.messages or judgement.counts[Level.ERROR]):
                raise TranscriptError(
                    f"no {judgement.what} in this recording",
                    location=Location(source.name),
                    hint="was anything recorded?",
                )
    except CodexwireError as error:
        judgement.unusable = error
        line = error.location.line if error.location else None
        judgement.add("transcript/unusable", Level.ERROR, line, error.message)
    return judgement
