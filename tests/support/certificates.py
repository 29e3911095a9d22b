"""Certificates for a test, made by authorities of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

__all__ = ["Authority", "settings"]

_HERE = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
_DAY = timedelta(days=1)
_COMM = "DASK_DISTRIBUTED__COMM__"


class Authority:
    """Signs certificates of 127.0.0.1; its own is `NAME.pem` in a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._write(name, self._key, is_authority=True)

    def issue(self, name: str) -> None:
        """Write a certificate as `NAME.pem`, and its key as `NAME-key.pem`."""
        key = ec.generate_private_key(ec.SECP256R1())
        self._write(name, key, is_authority=False)
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / f"{name}-key.pem").write_bytes(secret)

    def _write(self, name: str, key: ec.EllipticCurvePrivateKey, *, is_authority: bool) -> None:
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(_named(self.name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _DAY)
            .not_valid_after(now + _DAY)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(_HERE, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        (self.folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def settings(folder: Path, authority: str, name: str | None = None) -> dict[str, str]:
    """Return the environment in which Dask trusts an authority and shows a certificate."""
    found = {
        f"{_COMM}REQUIRE_ENCRYPTION": "true",
        f"{_COMM}TLS__CA_FILE": str(folder / f"{authority}.pem"),
    }
    for role in ("SCHEDULER", "WORKER", "CLIENT") if name else ():
        found[f"{_COMM}TLS__{role}__CERT"] = str(folder / f"{name}.pem")
        found[f"{_COMM}TLS__{role}__KEY"] = str(folder / f"{name}-key.pem")
    return found
