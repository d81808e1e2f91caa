"""What the README shows really works."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import nordnet
import simulator

with open(os.path.join(simulator.ROOT, "nordnet-sim", "README.md"), encoding="utf-8") as file:
    README = file.read()


def listing(language, part):
    """Return the listing in this language that holds this part."""
    listings = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    [found] = [text for text in listings if part in text]
    return found


def run(words, text, suffix):
    """Run a listing as a program of `nordnet-sim run`."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "listing" + suffix)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        options = ["--plain"] if simulator.PLAIN else []
        command = [simulator.BINARY, "run", *options, "--", *words, path]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=folder)


class Listings(unittest.TestCase):
    def test_the_client_in_python_reads_a_tick(self):
        if not nordnet.Ed25519PrivateKey:
            self.skipTest("the package cryptography is not installed")
        result = run([sys.executable], listing("python", "load_ssh_private_key"), ".py")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"'type': 'price'.*'i': '101', 'm': 11")

    def test_the_session_in_a_shell_places_an_order_and_reads_ticks(self):
        if simulator.PLAIN or not all(map(shutil.which, ("sh", "curl", "openssl"))):
            self.skipTest("is for TLS, and needs sh, curl and openssl")
        result = run(["sh"], listing("sh", "s_client").replace("sleep 3", "sleep 1"), ".sh")
        accounts, verdict, orders, tick = result.stdout.splitlines()[:4]
        self.assertEqual(json.loads(accounts)[0]["accno"], 60012345)
        self.assertEqual(json.loads(verdict)["result_code"], "OK")
        self.assertEqual(json.loads(orders)[0]["reference"], "first")
        self.assertEqual(json.loads(tick)["type"], "price")

    def test_the_ready_line_is_as_shown(self):
        [shown] = [json.loads(line) for line in README.splitlines() if line.startswith('{"rest"')]
        with simulator.Simulator(plain=False) as sim:
            self.assertEqual(list(sim.ready), list(shown))
            self.assertEqual(list(sim.ready["public_feed"]), list(shown["public_feed"]))


class Control(unittest.TestCase):
    def test_every_line_is_understood(self):
        lines = [line for line in README.splitlines() if re.match(r"(post|get) +[a-z]", line)]
        self.assertGreater(len(lines), 40)
        with simulator.Simulator("--rate", "0", "--speed", "20") as sim:
            form = {"market_id": 11, "identifier": "101", "currency": "SEK", "side": "BUY"}
            # The lines lead into other days, where it must still be.
            form.update(volume=100, price="80.00", order_type="LIMIT", valid_until="2026-03-20")
            verdict = sim.login().call("POST", "/accounts/60012345/orders", form).json()
            self.assertEqual(verdict["order_id"], 430518872)
            time.sleep(0.05)  # until the market has confirmed it
            for line in lines:
                with self.subTest(line):
                    self.obey(sim, line)

    def obey(self, sim, line):
        call, name, *arguments = shlex.split(line, comments=True)
        if call == "get":
            self.assertIsInstance(sim.truth(name), (dict, list))
            return
        arguments = json.loads(arguments[0])
        session = sim.login()
        with session.feed(session.public_feed) as feed:
            feed.send("subscribe", t="trading_status", m=11, i="101")
            feed.line()
            if "connection" in arguments:
                # One that is open, whatever its number.
                arguments["connection"] = sim.truth("connections")[-1]["connection"]
            self.assertEqual(sim.control(name, **arguments), {})
        sim.control("reset")
        sim.control("logins", refused=False)
