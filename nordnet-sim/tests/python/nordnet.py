"""A client of the Nordnet External API v2, written from its reference alone.

REST: `Rest` sends requests, `login` makes a `Session` of one. Feeds: `Feed`.
Only the standard library is needed; `cryptography` signs where it is there.
"""

import base64
import http.client
import json
import socket
import ssl
import struct
import urllib.parse
from decimal import Decimal

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
except ImportError:
    Ed25519PrivateKey = None

import ed25519


class PrivateKey:
    """An Ed25519 key from an OpenSSH file without a passphrase."""

    def __init__(self, secret):
        self.secret = secret

    @classmethod
    def read(cls, path):
        with open(path, encoding="ascii") as file:
            lines = [line.strip() for line in file]
        if lines[0] != "-----BEGIN OPENSSH PRIVATE KEY-----":
            raise ValueError("not an OpenSSH private key")
        data = base64.b64decode("".join(lines[1 : lines.index("-----END OPENSSH PRIVATE KEY-----")]))
        magic = b"openssh-key-v1\0"
        if not data.startswith(magic):
            raise ValueError("not an OpenSSH private key")
        cipher, kdf, _, rest = _strings(data[len(magic) :], 3)
        if (cipher, kdf) != (b"none", b"none"):
            raise ValueError("the key has a passphrase")
        (count,) = struct.unpack(">I", rest[:4])
        public, private, _ = _strings(rest[4:], 2)
        check, again = private[:4], private[4:8]
        kind, point, pair, _, padding = _strings(private[8:], 4)
        if count != 1 or check != again or kind != b"ssh-ed25519" or public[-32:] != point:
            raise ValueError("not one Ed25519 key")
        if pair[32:] != point or padding != bytes(range(1, len(padding) + 1)):
            raise ValueError("the key is damaged")
        return cls(pair[:32])

    def sign(self, text):
        """Return what POST /login/verify wants: base64 of the raw signature."""
        message = text.encode("utf-8")
        if Ed25519PrivateKey:
            signature = Ed25519PrivateKey.from_private_bytes(self.secret).sign(message)
        else:
            signature = ed25519.sign(self.secret, message)
        return base64.b64encode(signature).decode("ascii")


def _strings(data, count):
    """Take length-prefixed strings off the front; the rest comes last."""
    parts = []
    for _ in range(count):
        (length,) = struct.unpack(">I", data[:4])
        if len(data) < 4 + length:
            raise ValueError("the key is damaged")
        parts.append(data[4 : 4 + length])
        data = data[4 + length :]
    return (*parts, data)


def decode(text):
    """Read JSON with exact decimals."""
    return json.loads(text, parse_float=Decimal)


class Reply:
    """A response: status, headers and body."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        """Return the content; 204 is an empty list."""
        return [] if self.status == 204 else decode(self.body)

    def __repr__(self):
        return f"{self.status} {self.body.decode('utf-8', 'replace')}"


class Rest:
    """Requests over one connection at a time."""

    def __init__(self, base_url, ca_file=None, timeout=10):
        url = urllib.parse.urlsplit(base_url)
        self.tls = ssl.create_default_context(cafile=ca_file) if url.scheme == "https" else None
        if self.tls:
            self.connection = http.client.HTTPSConnection(url.netloc, timeout=timeout, context=self.tls)
        else:
            self.connection = http.client.HTTPConnection(url.netloc, timeout=timeout)

    def request(self, method, path, body=None, headers=None):
        """Send a request; a connection that fails is not used again."""
        everything = {"Accept": "application/json", **(headers or {})}
        try:
            self.connection.request(method, "/api/2" + path, body, everything)
            response = self.connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise

    def post_json(self, path, **members):
        return self.request("POST", path, json.dumps(members), {"Content-Type": "application/json"})


def login(rest, api_key, key, service="NEXTAPI"):
    """Log in and return the session."""
    challenge = rest.post_json("/login/start", api_key=api_key).json()["challenge"]
    reply = rest.post_json("/login/verify", service=service, api_key=api_key, signature=key.sign(challenge))
    if reply.status != 200:
        raise PermissionError(repr(reply))
    return Session(rest, reply.json())


class Session:
    """A login: REST calls with its key, and where its feeds are."""

    def __init__(self, rest, answer):
        self.rest = rest
        self.key = answer["session_key"]
        self.expires_in = answer["expires_in"]
        self.public_feed, self.private_feed = answer["public_feed"], answer["private_feed"]

    @property
    def authorization(self):
        pair = f"{self.key}:{self.key}".encode("ascii")
        return "Basic " + base64.b64encode(pair).decode("ascii")

    def call(self, method, path, form=None, language=None):
        headers = {"Authorization": self.authorization}
        if language:
            headers["Accept-Language"] = language
        if form is None:
            return self.rest.request(method, path, None, headers)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.rest.request(method, path, urllib.parse.urlencode(form), headers)

    def get(self, path, **options):
        """Return the content of a read that must succeed."""
        reply = self.call("GET", path, **options)
        if reply.status not in (200, 204):
            raise LookupError(f"GET {path}: {reply}")
        return reply.json()

    def feed(self, address, **options):
        """Connect to a feed and log in on it."""
        feed = Feed(address, self.rest.tls, **options)
        feed.send("login", session_key=self.key, service="NEXTAPI")
        return feed


class Closed(Exception):
    """The server has closed the feed."""


class Feed:
    """A feed connection: lines of JSON both ways."""

    def __init__(self, address, tls, timeout=8, end=b"\n", receive_buffer=None):
        stream = socket.socket()
        if receive_buffer:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        stream.settimeout(timeout)
        stream.connect((address["hostname"], address["port"]))
        if address["encrypted"]:
            stream = tls.wrap_socket(stream, server_hostname=address["hostname"])
        self.stream, self.timeout, self.end, self.received = stream, timeout, end, b""

    def send(self, cmd, **args):
        self.send_line(json.dumps({"cmd": cmd, "args": args}, separators=(",", ":")).encode("utf-8"))

    def send_line(self, line):
        self.stream.sendall(line + self.end)

    def line(self, timeout=None):
        """Return the next line; raise TimeoutError or Closed."""
        self.stream.settimeout(self.timeout if timeout is None else timeout)
        while b"\n" not in self.received:
            try:
                data = self.stream.recv(65536)
            except socket.timeout:  # is a TimeoutError from Python 3.10 on only
                raise TimeoutError from None
            except (ConnectionError, ssl.SSLError) as error:
                raise Closed from error
            if not data:
                raise Closed
            self.received += data
        line, self.received = self.received.split(b"\n", 1)
        return line

    def message(self, timeout=None):
        return decode(self.line(timeout))

    def close(self):
        self.stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
