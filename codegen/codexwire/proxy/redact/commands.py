"""Secrets that stand on a command line, in a call or a login, without a name of their own."""

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
            r"|\blftp\b[^\n|;&]{0,200}?[ \t]-u[ \t]*[\"']?(?P<lftp>[^\s,\"']+,[^\s\"']+)"
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
            rf"|\bncftp\w*{_REST}-p|\b(?:(?:un)?zip|ipmitool|sqlcmd|bcp)\b{_REST}-P|\b7z\w?\b{_REST}-p|\bldap\w+\b{_REST}-w)"
            rf"[ \t]?[\"']?(?P<it>{_WORD})"
        ),
        secret,
        (
            *("sshpass", "mysql", "mongo", "docker login", "az login", "podman login", "redis-cli"),
            *("twine", "useradd", "usermod", "zip", "7z", "ipmitool", "ldap"),
            *("ncftp", "sqlcmd", "bcp"),
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
        "the password of `htpasswd -b`, `smbclient -U`, `net use`, `login(name, password)` and the like",
        "secret",
        re.compile(
            rf"htpasswd\s+(?:-\w*n\w*b\w*|-\w*b\w*n\w*|-\w*b\w*\s+\S+)\s+\S+\s+(?P<it>{_WORD})"
            rf"|[ \t]-U[ \t]*[\"']?[\w.\\/-]+%(?P<smb>{_WORD})"
            rf"|\bnet use\b{_REST}/user:\S+[ \t]+(?P<share>(?!/){_WORD})"
            rf"|\brabbitmqctl\s+(?:add_user|change_password)\s+\S+\s+(?P<rabbit>{_WORD})"
            rf"|--from-literal=[\w.-]+=(?P<literal>{_WORD})"
            rf"|(?:gh secret set|put-parameter|put-secret-value)\b{_REST}--(?:body|value)[ =][\"']?"
            rf"(?P<set>{_WORD})"
            rf"|\b(?:auth=|(?:login|authenticate)(?=\(\s*{_QUOTE}))"
            rf"\(\s*{_QUOTE}[^\"'\\]*{_QUOTE},\s*{_QUOTE}(?P<call>[^\"'\\]{{3,}})"
        ),
        secret,
        (
            *("htpasswd", "-u", "--from-literal", "secret set", "put-parameter", "put-secret"),
            *("auth=(", "login(", "authenticate(", "net use", "rabbitmqctl"),
        ),
    ),
    Text(
        "database-login",
        "the password in a line of .pgpass, and behind `user/` in the address of an Oracle database",
        "secret",
        re.compile(
            r"(?m:^)[\w.*-]+:(?:5432|5433|6432|\*):[\w.*-]+:[\w.*-]+:(?P<it>[^\s:]{3,})(?m:$)"
            r"|(?:jdbc:oracle:\w+:|sqlplus[ \t]+(?:-\w+[ \t]+)*[\"']?)[\w$]+/(?P<oracle>[^\s@/\"']{3,})@"
        ),
        secret,
        (":5432:", ":5433:", ":6432:", ":*:", "jdbc:oracle", "sqlplus"),
        spans_lines=True,
    ),
    Text(
        "protocol-login",
        "the password of the commands LOGIN of IMAP and AUTH of Redis, and of a script of `expect`",
        "secret",
        re.compile(
            r"(?m:^)\w*\d\w* LOGIN \S+ [\"']?(?P<it>[^\s\"']{3,})"
            r"|(?:(?m:^)|> |\bredis-cli[^\n]{0,99} )AUTH (?P<redis>(?=\S*\d)(?=\S*[a-zA-Z])[^\s\"']{6,})"
            r"|(?i:passw(?:or)?d|passphrase)[^\n]{0,20}[\"'\])}]\s{0,80}\S{0,20}\bsend(?:line)?\b(?:\s+--)?[\s(]+"
            r"[\"'](?P<sent>[^\"'\\\n]{3,})"
        ),
        secret,
        (" login ", "auth ", "send"),
        spans_lines=True,
    ),
)
