"""What the reference promises of every reply and every message of a feed.

Members that it does not know are allowed, as it says; everything else is not.
"""

import os
import re
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))


def _lines(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return [line.split() for line in file if line.strip() and not line.startswith("#")]


SHAPES = {name: [member.split(":") for member in members] for name, *members in _lines("shapes.txt")}
OPERATIONS = [
    (name, method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path.rstrip("/")) + "/?"), shape, set(map(int, statuses)))
    for name, method, path, shape, *statuses in _lines("operations.txt")
]

TESTS = {
    "any": lambda value: True,
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "num": lambda value: isinstance(value, (int, Decimal)) and not isinstance(value, bool),
    "date": lambda value: isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value),
}


class Broken(AssertionError):
    """The other side does not keep to the reference."""


def check_reply(method, path, reply):
    """Hold a REST reply against what the reference says of the operation."""
    where = f"{method} {path}"
    path = path.split("?")[0]
    # The literal path comes first: /instruments/types is no instrument.
    found = sorted(
        (op for op in OPERATIONS if op[1] == method and op[2].fullmatch(path)), key=lambda op: op[2].pattern.count("+")
    )
    if not found:
        return
    name, _, _, shape, statuses = found[0]
    # 400 and 404 are expected everywhere, as not every operation lists them.
    if reply.status not in statuses | {200, 400, 404, 429, 503}:
        raise Broken(f"{where} ({name}): status {reply}")
    if reply.status in (204, 403):
        if reply.body:
            raise Broken(f"{where}: {reply.status} has a body: {reply}")
        return
    if name == "search_main" and reply.status == 404:
        return
    kind = reply.headers.get("Content-Type", "")
    if not kind.lower().startswith("application/json"):
        raise Broken(f"{where}: content type {kind!r}")
    check(reply.json(), shape if reply.status == 200 else "ErrorResponse", where)
    if reply.status == 200 and 204 in statuses and not reply.json():
        raise Broken(f"{where}: an empty list instead of 204")


def check_message(feed, message, first=False):
    """Hold a message of the "public" or "private" feed against the reference.

    The first message of a subscription holds no null, as nothing can have
    lost its value.
    """
    kind, data = message["type"], message["data"]
    if set(message) != {"type", "data"}:
        raise Broken(f"message: {message}")
    if feed == "private" and kind == "order":
        return check_members(data, "Order", "order", only=("order_id", "accno"))
    if feed == "private" and kind == "trade":
        return check(data, "Trade", "trade")
    if kind not in ("price", "depth", "trade", "trading_status", "indicator", "news", "err", "heartbeat"):
        raise Broken(f"unknown type {kind}")
    nulls = not first and kind in ("price", "depth", "trading_status", "indicator")
    return check_members(data, kind, kind, nulls=nulls)


def check(value, shape, where):
    """Hold a value against a type or the name of a schema."""
    if shape.endswith("[]"):
        if not isinstance(value, list):
            raise Broken(f"{where}: {value!r} is no list")
        for index, item in enumerate(value):
            check(item, shape[:-2], f"{where}[{index}]")
    elif shape in TESTS:
        if not TESTS[shape](value):
            raise Broken(f"{where}: {value!r} is no {shape}")
    else:
        check_members(value, shape, where)


def check_members(value, shape, where, only=None, nulls=False):
    """Hold an object against a schema; `only` replaces what is required."""
    if not isinstance(value, dict):
        raise Broken(f"{where}: {value!r} is no object")
    for name, kind in SHAPES[shape]:
        bare = name.rstrip("?")
        required = bare in only if only else bare == name
        if bare in value:
            if not (nulls and value[bare] is None and not required):
                check(value[bare], kind, f"{where}.{bare}")
        elif required:
            raise Broken(f"{where}: {bare} is missing in {value}")
