"""What takes its time."""

import time
import unittest

from simulator import Case, Simulator


class Heartbeats(Case):
    def test_a_silent_feed_beats_every_five_seconds(self):
        feeds = [self.feed("public"), self.feed("private")]
        began = time.monotonic()
        for feed in feeds:
            message = feed.message(6)
            self.assertEqual(message["type"], "heartbeat")
            self.assertIsInstance(message["data"], dict)
            self.assertGreater(time.monotonic() - began, 4, "not while there is no need")


class Challenge(unittest.TestCase):
    """Begun before all other tests, because a challenge takes 30 s to expire."""

    # When it was asked for, the simulator, and the challenge.
    begun = None

    @classmethod
    def begin(cls):
        sim = Simulator("--rate", "0")
        challenge = sim.rest().post_json("/login/start", api_key=sim.api_key).json()["challenge"]
        cls.begun = time.monotonic(), sim, challenge

    def test_a_challenge_expires_after_30_seconds(self):
        if not self.begun:
            self.skipTest("takes 30 s")
        at, sim, challenge = self.begun
        with sim:
            time.sleep(max(0, at + 30.5 - time.monotonic()))
            signature = sim.key.sign(challenge)
            reply = sim.rest().post_json("/login/verify", service="NEXTAPI", api_key=sim.api_key, signature=signature)
            self.assertEqual(reply.status, 401, reply)
