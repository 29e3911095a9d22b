"""Texts with secrets in them, all invented, and what redaction makes of each alone."""

from __future__ import annotations

__all__ = ["HEX", "LETTERS", "SECRETS"]

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
HEX = "78981922613b2afb6025042ff6bd878a"
SPOKEN = ("API key", "token", "secret", "password", "wandb login")
CODES = ("login code", "pin", "otp", "one-time password")
COMMANDS = (
    *(
        "mongosh -p",
        "redis-cli -a",
        "twine upload -p",
        "useradd -p",
        "usermod -p",
        "zip -P",
        "7z x -p",
    ),
    *(
        "ipmitool -P",
        "ldapsearch -w",
        "htpasswd -nb anna",
        "htpasswd -bc f anna",
        "gh secret set X --body",
    ),
    *("aws ssm put-parameter --value", "aws secretsmanager put-secret-value --value"),
)
PIPES = (
    "docker login --password-stdin",
    "gh auth login --with-token",
    "sudo -S ls",
    "chpasswd",
)
SECRETS = {
    "sk-proj-" + LETTERS: "sk-redacted-1",
    "ghp_" + LETTERS: "ghp_redacted-1",
    "github_pat_" + LETTERS: "github_pat_redacted-1",
    "xoxb-" + LETTERS: "xoxb-redacted-1",
    "AKIAABCDEFGHIJKLMNOP": "AKIAREDACTED00000001",
    "Bearer abcdef123456": "Bearer redacted-1",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl": (
        "eyJhbGciOiJub25lIn0.eyJyZWRhY3RlZCI6MX0.redacted"
    ),
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----": (
        "-----BEGIN RSA PRIVATE KEY-----\nredacted-1\n-----END RSA PRIVATE KEY-----"
    ),
    "postgres://me:pa55@db.example/x": "postgres://redacted-1@db.example/x",
    "export OPENAI_API_KEY=abc123def": "export OPENAI_API_KEY=redacted-1",
    'token: "abc123def"': 'token: "redacted-1"',
    "curl -H 'Authorization: Bearer abc123def'": "curl -H 'Authorization: Bearer redacted-1'",
    "https://auth.openai.com/?code=abc123&x=1": "https://auth.openai.com/?code=redacted-1&x=1",
    "mail anna.b+c@corp.co.uk now": "mail email-1@example.com now",
    "/home/anna/x and /Users/bob": "/home/user-1/x and /Users/user-2",
    "file:///home/anna.b/x": "file:///home/user-1/x",
    "C:\\Users\\Anna B\\x file:///C:/Users/Anna%20B/x": (
        "C:\\Users\\user-1\\x file:///C:/Users/user-1/x"
    ),
    "C:\\Users\\Anna B\\x": "C:\\Users\\user-1\\x",
    "c:/Users/anna/x": "c:/Users/user-1/x",
    "file:///C:/Users/Anna%20B/x": "file:///C:/Users/user-1/x",
    "file:///home/ren%C3%A9": "file:///home/user-1",
    "https://git.corp.net:8443/x": "https://host-1.example:8443/x",
    "http://10.1.2.3/x": "http://192.0.2.1/x",
    "http://buildbox:80": "http://host-1:80",
    "/mnt/c/Users/anna/x /c/Users/anna": "/mnt/c/Users/user-1/x /c/Users/user-1",
    "scp anna@box:/x .": "scp user-1@box:/x .",
    "HOSTNAME=buildbox": "HOSTNAME=host-1",
    "HOST=buildbox": "HOST=host-1",
    "https://0123456789abcdef01@git.example/x": "https://redacted-1@git.example/x",
    "https://hooks.slack.com/services/T0/B0/abc": "https://hooks.slack.com/services/redacted-1",
    "AWS_KEY 2 wJalrXUtnFEMI/K7MDENG/bPxRfiCYabcdefgh12": "AWS_KEY 2 redacted-1",
    "artifactory: user AP5abcdefghij": "artifactory: user redacted-1",
    "Cookie: a=b; session=c1": "Cookie: redacted-1",
    "curl -b sid=abc1 x": "curl -b redacted-1",
    "curl -u anna:pa55 https://git.example": "curl -u redacted-1 https://git.example",
    "sshpass -p pa55 ssh box": "sshpass -p redacted-1 ssh box",
    "redis-cli -a pa55word ping": "redis-cli -a redacted-1 ping",
    "The password for the box is hunter22.": "The password for the box is redacted-1.",
    "machine box login me password hunter22": "machine box login me password redacted-1",
    "create user x identified by 'hunter'": "create user x identified by 'redacted-1'",
    "<password>hunter</password>": "<password>redacted-1</password>",
    '<add key="ApiKey" value="hunter"/>': '<add key="ApiKey" value="redacted-1"/>',
    "deploy --db-password hunter2 --now": "deploy --db-password redacted-1 --now",
    "--token=hunter2": "--token=redacted-1",
    'my["api_key"] = "hunter2"': 'my["api_key"] = "redacted-1"',
    ":secret_key_base => 'hunter2'": ":secret_key_base => 'redacted-1'",
    "password: >-\n  hunter2": "password: >-\n  redacted-1",
    "ENV MYSQL_PASSWORD hunter2": "ENV MYSQL_PASSWORD redacted-1",
    '{\\"password\\": \\"hunter2\\"}': '{\\"password\\": \\"redacted-1\\"}',
    "x?next=%2Fhome%2Fanna%2Fa%20b&y=1": "x?next=%2Fhome%2Fuser-1%2Fa%20b&y=1",
    "\x1b[1m/home/anna\x1b[0m ghp_\x1b[31m" + LETTERS: (
        "\x1b[1m/home/user-1\x1b[0m ghp_\x1b[31mredacted-1"
    ),
    "USER=anna": "USER=user-1",
    "USERNAME=anna": "USERNAME=user-1",
    "Private-Lines: 2\nAAAAB3Nz\nPrivate-MAC: 1f": "Private-Lines: 2\nredacted-1\nPrivate-MAC: 1f",
    "jfrog: user AP5abcdefghij": "jfrog: user redacted-1",
    "buildkit: user AP5abcdefghij": "buildkit: user redacted-1",
    "https://discord.com/api/webhooks/12/abc": "https://discord.com/api/webhooks/redacted-1",
    "https://corp.webhook.office.com/webhookb2/abcde": "https://host-1.example/webhookb2/redacted-1",
    "https://hooks.zapier.com/hooks/catch/12/abc": "https://host-1.example/hooks/catch/redacted-1",
    "eyIgYWxnIjoiSFMyNTYifQ.eyIgc3ViIjoiMTIzNCJ9.c2lnbmF0dXJl": (
        "eyJhbGciOiJub25lIn0.eyJyZWRhY3RlZCI6MX0.redacted"
    ),
    "curl --cookie sid=abc1 x": "curl --cookie redacted-1",
    "Basic YTpiMTIz": "Basic redacted-1",
    "Token abcdef123456": "Token redacted-1",
    "ApiKey abcdef123456": "ApiKey redacted-1",
    "curl --user anna:pa55 x": "curl --user redacted-1 x",
    "curl --proxy-user anna:pa55 x": "curl --proxy-user redacted-1 x",
    "mysql -phunter22 shop": "mysql -predacted-1 shop",
    "docker login -p hunter22 box": "docker login -p redacted-1 box",
    "az login -p hunter22 box": "az login -p redacted-1 box",
    "podman login -p hunter22 box": "podman login -p redacted-1 box",
    "alter role x with password 'hunter'": "alter role x with password 'redacted-1'",
    'Authorization: Digest username="anna", response="1f"': "Authorization: Digest redacted-1",
    **{f"{command} hunter22": f"{command} redacted-1" for command in COMMANDS},
    **{f"echo hunter22 | {command}": f"echo redacted-1 | {command}" for command in PIPES},
    "smbclient -U anna%hunter22": "smbclient -U anna%redacted-1",
    "kubectl create x --from-literal=a=hunter22": "kubectl create x --from-literal=a=redacted-1",
    "x.login('anna', 'hunter22')": "x.login('anna', 'redacted-1')",
    "x.authenticate('anna', 'hunter22')": "x.authenticate('anna', 'redacted-1')",
    "get(auth=('anna', 'hunter22'))": "get(auth=('anna', 'redacted-1'))",
    "kind: Secret\nstringData:\n  conn: hunter22\n": "kind: Secret\nstringData:\n  redacted-1\n",
    "data:\n  conn: aHVudGVyMjI=\n  a: Yg==\nkind: Secret": "data:\n  redacted-1\nkind: Secret",
    "- name: DB_PASSWORD\n  value: hunter22": "- name: DB_PASSWORD\n  value: redacted-1",
    "psk=hunter22, saml_response: hunter23": "psk=redacted-1, saml_response: redacted-2",
    "Passwort: hunter22, kennwort=hunter23": "Passwort: redacted-1, kennwort=redacted-2",
    "senha: hunter22": "senha: redacted-1",
    "**Password:** hunter22": "**Password:** redacted-1",
    "- **API Key**: `hunter`": "- **API Key**: `redacted-1`",
    'let password: &str = "hunter"': 'let password: &str = "redacted-1"',
    'apiKey?: string = "hunter"': 'apiKey?: string = "redacted-1"',
    "api_key = '''hunter'''": "api_key = '''redacted-1'''",
    "Password for anna: hunter22": "Password for anna: redacted-1",
    **{f"the {name} {HEX}": f"the {name} redacted-1" for name in SPOKEN},
    **{f"the {name}: 493817": f"the {name}: redacted-1" for name in CODES},
    f"x=ghp_{HEX}:9Xk2LmQ7vR4tB8nW": "x=ghp_redacted-1:redacted-2",
    "COMPUTERNAME=buildbox": "COMPUTERNAME=host-1",
    "C:\\Documents and Settings\\Anna B\\x": "C:\\Documents and Settings\\user-1\\x",
    "\\home\\anna\\x": "\\home\\user-1\\x",
    "ssh anna@box": "ssh user-1@box",
    "sftp anna@box:/x": "sftp user-1@box:/x",
    "rsync x anna@box:/y": "rsync x user-1@box:/y",
    "LOGNAME=anna": "LOGNAME=user-1",
    **{
        f"The {name} is hunter22.": f"The {name} is redacted-1."
        for name in (
            "passphrase",
            "passcode",
            "secret",
            "token",
            "access key",
            "code",
            "pin",
            "otp",
        )
    },
}
