"""Messages as lines of JSON: what a stranger's line holds, or in one sentence why it holds nothing."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from mmtui.errors import InputError, one_line
from mmtui.files import NO_JSON
from mmtui.room.protocol.messages import MOST_LINE, VERSION, Answer, AnyAnswer, AnyRequest, Hello
from mmtui.wording import visible

_Held = TypeVar("_Held")
_encoder = msgspec.json.Encoder()
_hello = msgspec.json.Decoder(Hello)
_request: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)
_answer: msgspec.json.Decoder[AnyAnswer] = msgspec.json.Decoder(AnyAnswer)


def encode(message: msgspec.Struct) -> bytes:
    """A message as a line."""
    return _encoder.encode(message) + b"\n"


def decode_hello(line: bytes) -> Hello:
    """A client's first line. Raises InputError."""
    try:
        return _decoded(_hello, line)
    except InputError as error:
        raise InputError(f'expected {{"hello": {VERSION}, …}} as the first line: {error}') from None


def decode_request(line: bytes) -> AnyRequest:
    """Another line of a client's. Raises InputError."""
    return _decoded(_request, line)


def decode_answer(line: bytes) -> AnyAnswer:
    """A line of the server's. Raises InputError."""
    return _decoded(_answer, line)


def _decoded(decoder: msgspec.json.Decoder[_Held], line: bytes) -> _Held:
    if len(line) > MOST_LINE:
        raise InputError(f"expected a line of at most {MOST_LINE} bytes")
    try:
        return decoder.decode(line)
    except (msgspec.MsgspecError, *NO_JSON) as error:
        raise InputError(shortened_sentence(error)) from None


def shortened_sentence(error: BaseException) -> str:
    """What was wrong with a line, without what a terminal obeys, in one short line."""
    text = visible(one_line(error))
    return text if len(text) <= 200 else f"{text[:197]}..."


def line_of(answer: Answer, line: int) -> bytes:
    """An answer as a line, with the number of the line that it answers."""
    return encode(msgspec.structs.replace(answer, line=line))
