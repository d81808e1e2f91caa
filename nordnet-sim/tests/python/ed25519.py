"""Ed25519 signatures (RFC 8032, section 5.1) in plain Python.

For tests only: it takes milliseconds, and the time it takes tells of the key.
"""

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def public_key(secret):
    """Return the 32 public bytes that belong to 32 secret bytes."""
    scalar, _ = _expand(secret)
    return _compress(_times(scalar, BASE))


def sign(secret, message):
    """Return the 64 bytes of the signature."""
    scalar, prefix = _expand(secret)
    public = _compress(_times(scalar, BASE))
    nonce = _number(prefix + message)
    commitment = _compress(_times(nonce, BASE))
    challenge = _number(commitment + public + message)
    return commitment + ((nonce + challenge * scalar) % ORDER).to_bytes(32, "little")


def _expand(secret):
    digest = hashlib.sha512(secret).digest()
    scalar = int.from_bytes(digest[:32], "little")
    scalar &= (1 << 254) - 8
    return scalar | 1 << 254, digest[32:]


def _number(data):
    return int.from_bytes(hashlib.sha512(data).digest(), "little") % ORDER


# Points are (X, Y, Z, T) with x = X/Z, y = Y/Z and x * y = T/Z.


def _add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _compress(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _base():
    y = 4 * pow(5, -1, P) % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_M1 % P
    if x & 1:
        x = P - x
    return x, y, 1, x * y % P


BASE = _base()
