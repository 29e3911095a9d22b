"""Secrets that stand on a command line, or in a call, without a name of their own."""

from __future__ import annotations

import re

from codexwire.proxy.redact.rule import Text, secret

__all__ = ["COMMANDS"]

_REST = r"[^\n|;&]{0,200}?[ \t]"  # of the same command, up to an option
_WORD = r"[^\s\"']{3,}"
_QUOTE = r"\\*[\"']"

COMMANDS: tuple[Text, ...] = (
    Text(
        "user-option",
        "name and password behind `-u` and `--user`",
        "secret",
        re.compile(
            r"[ \t](?:-u|--user|--proxy-user)[ =]?[\"']?(?P<it>(?!\d+:\d+\b)[^\s:\"'/]*:[^\s\"'/]+)"
        ),
        secret,
        (" -u", "--user", "--proxy-user"),
    ),
    Text(
        "password-option",
        "the password behind `-p`, `-P`, `-a` or `-w` of sshpass, mysql, docker login, zip and the like",
        "secret",
        re.compile(
            r"(?:(?:sshpass|mysql|mysqldump|mongo(?:sh)?|docker login|az login|podman login|redis-cli|twine"
            rf"|useradd|usermod)\b{_REST}-[pa]"
            rf"|\b(?:(?:un)?zip|ipmitool)\b{_REST}-P|\b7z\w?\b{_REST}-p|\bldap\w+\b{_REST}-w)"
            rf"[ \t]?[\"']?(?P<it>{_WORD})"
        ),
        secret,
        (
            *("sshpass", "mysql", "mongo", "docker login", "az login", "podman login", "redis-cli"),
            *("twine", "useradd", "usermod", "zip", "7z", "ipmitool", "ldap"),
        ),
    ),
    Text(
        "piped-password",
        "what `echo` gives to `--password-stdin`, `--with-token`, `sudo -S`, `chpasswd`",
        "secret",
        re.compile(
            rf"(?:echo|printf)\s+(?:-\w+\s+)?(?:{_QUOTE})?(?P<it>[^\s\"'|$%\\][^\s\"'|\\]{{2,}})(?:\\n)?"
            rf"(?:{_QUOTE})?\s*\|[^\n|]{{0,200}}"
            r"(?:--password-stdin|--with-token|sudo -S|chpasswd)"
        ),
        secret,
        ("--password-stdin", "--with-token", "sudo -s", "chpasswd"),
    ),
    Text(
        "password-argument",
        "the password of `htpasswd -b`, `smbclient -U`, `login(name, password)` and the like",
        "secret",
        re.compile(
            rf"htpasswd\s+(?:-\w*n\w*b\w*|-\w*b\w*n\w*|-\w*b\w*\s+\S+)\s+\S+\s+(?P<it>{_WORD})"
            rf"|[ \t]-U[ \t]*[\"']?[\w.\\/-]+%(?P<smb>{_WORD})"
            rf"|--from-literal=[\w.-]+=(?P<literal>{_WORD})"
            rf"|(?:gh secret set|put-parameter|put-secret-value)\b{_REST}--(?:body|value)[ =][\"']?"
            rf"(?P<set>{_WORD})"
            rf"|\b(?:auth=|(?:login|authenticate)(?=\(\s*{_QUOTE}))"
            rf"\(\s*{_QUOTE}[^\"'\\]*{_QUOTE},\s*{_QUOTE}(?P<call>[^\"'\\]{{3,}})"
        ),
        secret,
        (
            *("htpasswd", "-u", "--from-literal", "secret set", "put-parameter", "put-secret"),
            *("auth=(", "login(", "authenticate("),
        ),
    ),
)
