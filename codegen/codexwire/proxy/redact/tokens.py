"""Keys and tokens that can be told by their form, provider by provider.

The forms are looser than the providers' own: a token that was cut short is still found. Upper and
lower case count. A test holds the table against the detectors of the library bc-detect-secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codexwire.proxy.redact.rule import Placeholder, aws_key_id, prefixed

__all__ = ["TOKENS", "Token", "tokens_in"]


@dataclass(frozen=True, slots=True)
class Token:
    """The tokens of one provider: `forms` are patterns without groups that catch."""

    id: str
    what: str
    forms: tuple[str, ...]
    shape: Placeholder = prefixed


_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

TOKENS: tuple[Token, ...] = (
    Token(
        "aws-key-id",
        "AWS access key ids",
        (r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[0-9A-Z]{16}(?![0-9A-Za-z])",),
        aws_key_id,
    ),
    Token("aws-bedrock", "Amazon Bedrock API keys", (r"ABSK[\w+/]{30,}={0,2}",)),
    Token(
        "github",
        "GitHub tokens: personal, OAuth, app, refresh, fine-grained",
        (r"gh[pousr]_\w{16,}", r"github_pat_\w{16,}"),
    ),
    Token(
        "gitlab",
        "GitLab tokens of all kinds",
        (
            r"gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-[\w.-]{16,}",
            r"GR1348941[\w-]{16,}",
        ),
    ),
    Token(
        "bitbucket", "Bitbucket app passwords and tokens", (r"ATBB\w{20,}", r"BBDC-[\w+/=-]{30,}")
    ),
    Token("atlassian", "Atlassian and Trello tokens", (r"AT(?:ATT|CTT|STT|TA)[\w=-]{24,}",)),
    Token(
        "openai-like",
        "keys that begin with sk-: OpenAI, Anthropic, OpenRouter, DeepSeek, Langfuse and others",
        (r"[sp]k-[\w-]{16,}", r"sess-\w{30,}"),
    ),
    Token(
        "google",
        "Google API keys, OAuth tokens and client secrets",
        (
            r"AIza[\w-]{30,}",
            r"ya29\.[\w.-]{20,}",
            r"GOCSPX-[\w-]{20,}",
            r"1//0[\w-]{20,}",
            r"4/0[\w-]{30,}",
        ),
    ),
    Token(
        "azure",
        "Azure client secrets and storage keys",
        (r"[\w~.-]{3}\dQ~[\w~.-]{31,34}", r"(?<!sha512-)[A-Za-z0-9+/]{86}==(?![\w=])"),
    ),
    Token(
        "model-providers",
        "Hugging Face, Groq, xAI, Perplexity, Replicate, NVIDIA, Cerebras, LangSmith and others",
        (
            r"hf_\w{20,}",
            r"api_org_\w{20,}",
            r"gsk_\w{20,}",
            r"xai-[\w-]{20,}",
            r"pplx-\w{20,}",
            r"r8_\w{20,}",
            r"nvapi-[\w-]{20,}",
            r"csk-\w{20,}",
            r"lsv2_(?:pt|sk)_\w{20,}",
            r"tgp_v1_[\w-]{20,}",
            r"e2b_\w{20,}",
            r"tvly-[\w-]{16,}",
            r"fc-[0-9a-f]{32}",
            r"fw_\w{20,}",
        ),
    ),
    Token(
        "slack",
        "Slack tokens",
        (
            r"[xX][oO][xX][a-zA-Z](?:\.xox[a-z])?-[\w-]{10,}",
            r"xapp-[\w-]{16,}",
        ),
    ),
    Token(
        "stripe",
        "Stripe keys, also those of others that look like them, and webhook secrets",
        (r"(?:[srp]k|mk)_(?:live|test|prod)_\w{10,}", r"whsec_[\w+/=]{16,}", r"sk_[\w-]{24,}"),
    ),
    Token("twilio", "Twilio account ids and keys", (r"(?:AC|SK)[0-9a-z]{32}(?!\w)",)),
    Token("sendgrid", "SendGrid keys", (r"SG\.[\w-]{16,}\.[\w-]{16,}",)),
    Token(
        "mail",
        "Mailchimp, Mailgun, Brevo, Resend and MailerSend keys",
        (
            r"[0-9a-z]{32}-us\d{1,2}(?!\w)",
            r"(?:pub)?key-[0-9a-f]{32}",
            r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![\w-])",
            r"x(?:key|smtp)sib-[\w-]{30,}",
            r"re_[A-Za-z0-9]{6,}_?\w{16,}",
            r"mlsn\.[0-9a-f]{30,}",
        ),
    ),
    Token(
        "discord",
        "Discord tokens",
        (r"[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}",),
    ),
    Token(
        "telegram", "Telegram bot tokens", (r"\d{5,16}:A[\w-]{34}", r"\d{8,10}:[\w-]{35}(?![\w-])")
    ),
    Token("npm", "npm tokens", (r"npm_[A-Za-z0-9-]{20,}", rf"NpmToken\.{_UUID}")),
    Token("pypi", "PyPI tokens", (r"pypi-[\w-]{30,}",)),
    Token(
        "registries",
        "RubyGems, crates.io, NuGet, Clojars, Docker Hub, Artifactory",
        (
            r"rubygems_[0-9a-f]{30,}",
            r"cio[A-Za-z0-9]{32}(?!\w)",
            r"oy2[a-z0-9]{43}",
            r"CLOJARS_\w{40,}",
            r"dckr_[a-z]{3}_[\w-]{20,}",
            r"(?<![+/])AKC[A-Za-z0-9]{10,}",
            r"cmVm[dT][A-Za-z0-9]{40,}",
        ),
    ),
    Token(
        "vaults",
        "HashiCorp Vault and Terraform, Doppler, 1Password, age, Infisical",
        (
            r"hv[sbr]\.[\w-]{20,}",
            r"s\.[A-Za-z0-9]{24}(?!\w)",
            r"\w{14}\.atlasv1\.[\w=-]{30,}",
            r"dp\.[a-z]{2,5}\.[\w.-]{20,}",
            r"A3-[A-Z0-9]{6}(?:-[A-Z0-9]{5,11}){3,5}",
            r"ops_eyJ[\w+/=-]{30,}",
            r"AGE-SECRET-KEY-1\w{20,}",
            r"st\.[0-9a-f-]{20,}\.[0-9a-f]{20,}",
        ),
    ),
    Token(
        "clouds",
        "DigitalOcean, Alibaba, Tencent, Yandex, Cloudflare, Fly.io, Heroku, Vercel, Netlify, Render",
        (
            r"do[opr]_v1_[0-9a-f]{30,}",
            r"LTAI\w{12,}",
            r"AKID\w{28,}",
            r"t1\.[\w-]+={0,2}\.[\w-]{80,}={0,2}",
            r"AQVN[\w-]{35,}",
            r"y[0-3]_[\w-]{50,}",
            r"v1\.0-[0-9a-f]{24}-[0-9a-f]{60,}",
            r"fo1_[\w-]{30,}",
            r"fm[12][ar]?_[\w+/=]{30,}",
            r"HRKU-[\w-]{20,}",
            r"vc[a-z]_\w{20,}",
            r"nf[a-z]_\w{20,}",
            r"rnd_\w{20,}",
            r"tskey-[\w-]{16,}",
            r"sha256~[\w-]{40,}",
            r"bedrock-api-key-[\w+/=-]{20,}",
        ),
    ),
    Token(
        "databases",
        "Databricks, PlanetScale, Supabase, Neon, ClickHouse, MongoDB Atlas",
        (
            r"dapi[0-9a-h]{30,}(?:-\d)?",
            r"pscale_[a-z]+_[\w.=-]{20,}",
            r"sb[pv]_\w{30,}",
            r"sb_(?:secret|publishable)_[\w-]{20,}",
            r"napi_\w{30,}",
            r"4b1d[A-Za-z0-9]{38}",
            r"mdb_sa_sk_[\w-]{20,}",
        ),
    ),
    Token(
        "shops",
        "Shopify, Square, PayPal, Plaid, EasyPost, Flutterwave, Razorpay, Lob",
        (
            r"shp[a-z]{2}_[0-9a-fA-F]{30,}",
            r"sq0[a-z]{3}-[\w-]{20,}",
            r"EAA[A-Za-z0-9_-]{24,}",
            rf"access-(?:sandbox|development|production)-{_UUID}",
            r"EZ[AT]K\w{40,}",
            r"FLW(?:SEC|PUB)K(?:_TEST)?-\w{12,}(?:-X)?",
            r"rzp_(?:live|test)_\w{10,}",
            r"(?:live|test)_(?:pub_)?[0-9a-zA-Z]{24,}",
            r"duffel_(?:test|live)_[\w=-]{20,}",
            r"shippo_(?:live|test)_[0-9a-fA-F]{30,}",
        ),
    ),
    Token(
        "tools",
        "Linear, Notion, Figma, Airtable, Postman, Pulumi, Sentry, Grafana, New Relic, Dynatrace and others",
        (
            r"lin_[a-z]+_\w{20,}",
            r"ntn_\w{20,}",
            r"secret_[A-Za-z0-9]{30,}",
            r"fig[a-z]_[\w-]{20,}",
            r"pat[A-Za-z0-9]{14}\.[0-9a-f]{30,}",
            rf"pat-[a-z]{{2}}\d-{_UUID}",
            r"[ps]at\.[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}",
            r"PMA[KT]-[\w-]{20,}",
            r"pul-[0-9a-f]{30,}",
            r"sntry[a-z]_[\w+/=]{20,}",
            r"gl(?:c|sa)_[\w+/=]{20,}",
            r"eyJrIjoi[\w=-]{40,}",
            r"NR(?:AK|II|JS|AL|RA)-[\w-]{16,}",
            r"dt0[a-z]\d\d\.[A-Z0-9]{20,}\.[A-Z0-9]{30,}",
            r"rdme_\w{30,}",
            r"sgp_(?:\w+_)?[0-9a-fA-F]{30,}",
            r"sq[upa]_[0-9a-f]{30,}",
            r"CCIP(?:AT|RJ)_\w{20,}",
            r"bk[a-z]{2}_\w{20,}",
            rf"(?:sdk|api|mob)-{_UUID}",
            r"ico-[\w-]{30,}",
            r"pn[ub]_\w{30,}",
            r"CFPAT-[\w-]{30,}",
            r"tfp_[\w.=-]{30,}",
            r"fio-u-[\w=-]{30,}",
            r"p8e-\w{30,}",
            r"\w{6}_\w{29}_mmk",
            r"dnkey-[\w=-]{26,}",
            r"API-[A-Z0-9]{26}(?!\w)",
            r"tk-us-[\w-]{30,}",
            r"zpka_\w{20,}",
            r"phx?c?_\w{30,}",
            r"dd[pw]_\w{30,}",
            r"sl\.(?:u\.)?[\w=-]{40,}",
            r"[ps]k\.eyJ[\w-]{20,}\.[\w-]{16,}",
            r"(?:sc|ext|scauth|authress)_\w{5,30}\.\w{4,6}\.acc[_-][\w-]{10,32}\.[\w+/=-]{30,}",
            r"(?:sm|hub|ngrok|ghost|unkey|clerk)_[a-z]{2,4}_\w{16,}",
            r"token-\w{5}:[a-z0-9]{40,}",
        ),
    ),
    Token(
        "bare-key",
        "the inside of an OpenSSH private key without its first line",
        (r"b3BlbnNzaC1rZXktdjE[\w+/=]*",),
    ),
)
"""By the provider's name; the first that fits decides."""

_BY_GROUP = {token.id.replace("-", "_"): token for token in TOKENS}
_ANY = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    + "|".join(f"(?P<{group}>{'|'.join(token.forms)})" for group, token in _BY_GROUP.items())
    + ")",
    re.ASCII,
)


def tokens_in(run: str) -> Iterator[tuple[int, int, Token]]:
    """Yield start, end and provider of the tokens in a run of characters without blanks."""
    for found in _ANY.finditer(run):
        assert found.lastgroup is not None
        yield found.start(), found.end(), _BY_GROUP[found.lastgroup]
