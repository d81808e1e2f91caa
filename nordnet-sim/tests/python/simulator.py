"""A simulator for a test: started, steered over its control port, ended."""

import json
import os
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import contract
import nordnet

ROOT = os.path.abspath(os.path.join(contract.HERE, "..", "..", ".."))
SUFFIX = ".exe" if os.name == "nt" else ""
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
# Set by the command line.
BINARY = os.path.join(TARGET, "debug", "nordnet-sim" + SUFFIX)
PLAIN = False
# How many seconds a test waits for what must come.
PATIENCE = 10
# Loopback is never reached through a proxy.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Simulator:
    """A running `nordnet-sim`."""

    def __init__(self, *options, plain=None):
        plain = PLAIN if plain is None else plain
        command = [BINARY, *(["--plain"] if plain else []), *options]
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        self.api_key = self.ready["api_key"]
        self.key = nordnet.PrivateKey.read(self.ready["private_key"])

    def rest(self, checked=True):
        """Return a client whose replies are held against the reference."""
        kind = CheckedRest if checked else nordnet.Rest
        return kind(self.ready["rest"], self.ready["ca"])

    def login(self, checked=True):
        return nordnet.login(self.rest(checked), self.api_key, self.key)

    def control(self, call, **arguments):
        """Post to the control port."""
        body = json.dumps(arguments).encode("utf-8")
        request = urllib.request.Request(f"{self.ready['control']}/{call}", body, {"Content-Type": "application/json"})
        return self._open(request)

    def truth(self, what):
        """Read from the control port: orders, audit, commands or counters."""
        return self._open(f"{self.ready['control']}/{what}")

    def _open(self, request):
        try:
            with OPENER.open(request, timeout=10) as reply:
                return nordnet.decode(reply.read())
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"control port: {error.read().decode()}") from None

    def end(self):
        """End it, if it still runs, and return what it logged."""
        if self.log.closed:
            return ""
        self.process.terminate()
        with self.process.stdout as rest, self.log as log:
            assert rest.read() == "", "one line on stdout is all"
            code = self.process.wait(10)
            assert code == 0 or os.name == "nt", f"exit code {code}"
            log.seek(0)
            return log.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class CheckedRest(nordnet.Rest):
    def request(self, method, path, body=None, headers=None):
        reply = super().request(method, path, body, headers)
        contract.check_reply(method, path, reply)
        return reply


class Case(unittest.TestCase):
    """Tests that share a simulator and a session.

    The market stands still unless a test moves it.
    """

    OPTIONS = ("--rate", "0")

    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator(*cls.OPTIONS)
        cls.addClassCleanup(cls.sim.end)
        cls.sim.control("pause", paused=True)
        cls.session = cls.sim.login()

    def assert_status(self, reply, *statuses):
        self.assertIn(reply.status, statuses, reply)
        return reply

    def feed(self, kind, session=None, **options):
        """Connect to the "public" or the "private" feed for this test."""
        session = session or self.session
        before = self.sim.truth("counters")["commands"]
        feed = session.feed(getattr(session, kind + "_feed"), **options)
        self.addCleanup(feed.close)
        # Nobody answers a login. What happens before it is taken in is not told.
        end = time.monotonic() + PATIENCE
        while self.sim.truth("counters")["commands"] == before:
            self.assertLess(time.monotonic(), end, "the login never arrived")
        return feed

    def subscribe(self, feed, **args):
        """Subscribe and return the data of the first message."""
        feed.send("subscribe", **args)
        message = feed.message()
        self.assertEqual(message["type"], args["t"], message)
        contract.check_message("public", message, first=True)
        return message["data"]

    def next(self, feed, kind=None, feed_kind="public"):
        """Return the next message that is no heartbeat."""
        end = time.monotonic() + PATIENCE
        while True:
            self.assertLess(time.monotonic(), end, "nothing but heartbeats")
            message = feed.message()
            contract.check_message(feed_kind, message)
            if message["type"] != "heartbeat":
                if kind:
                    self.assertEqual(message["type"], kind, message)
                return message["data"] if kind else message

    def assert_closed(self, feed, within=8):
        """Read on until the server closes the feed."""
        with self.assertRaises(nordnet.Closed):
            while True:
                feed.line(within)
