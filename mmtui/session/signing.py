"""The player's own key, by which a journal of theirs is told from a stranger's: Ed25519 (RFC 8032)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mmtui.errors import InputError
from mmtui.files import make_folder, read, write
from mmtui.session.journal_lines import Player, Signature

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

#: Its file in the data folder: PEM (PKCS 8), as other programs write one. Whoever has it can sign as the player.
KEY_FILE = "signing-key.pem"
_MOST_BYTES = 10_000


class SigningKey:
    """A key that signs journals.

    Args:
        key: the private key.
    """

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.player = Player(key=key.public_key().public_bytes_raw().hex())

    @property
    def public(self) -> str:
        """The public key, 64 hexadecimal digits."""
        assert self.player.key is not None
        return self.player.key

    def signature(self, statement: bytes, at_ns: int) -> Signature:
        """The line of a journal that signs its statement for the player's seat."""
        return Signature(at_ns=at_ns, key=self.public, signature=self._key.sign(statement).hex())


def own_key(folder: Path) -> SigningKey | None:
    """The key in the player's data folder; None where there is none yet. Raises InputError for what is no key."""
    # Imported here, since the first frame need not wait for it.
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = folder / KEY_FILE
    try:
        content = read(path, _MOST_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path}: the key cannot be read: {error.strerror}") from None
    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(f"{path}: expected an Ed25519 key in PEM without a password")
    return SigningKey(key)


def own_or_new_key(folder: Path) -> SigningKey:
    """The key in the player's data folder, made if there is none. Raises InputError, OutputError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    if (found := own_key(folder)) is None:
        make_folder(folder)
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # Where another app has made one meanwhile, that is it.
        with suppress(FileExistsError):
            write(folder / KEY_FILE, pem, new=True, private=True)
        found = own_key(folder)
    if found is None:
        raise InputError(f"{folder / KEY_FILE}: the key cannot be read: its link leads nowhere")
    return found


def is_good(signature: Signature, statement: bytes) -> bool:
    """Whether a signature is of this statement, by the key that it names."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.key))
        key.verify(bytes.fromhex(signature.signature), statement)
    except (InvalidSignature, ValueError):
        return False
    return True
