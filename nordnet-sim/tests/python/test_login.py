"""Login, session and logout."""

import base64

import ed25519
import nordnet
from simulator import Case


class Keys(Case):
    def test_the_signer_keeps_to_rfc_8032(self):
        # Test 2 of section 7.1.
        secret = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
        public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        signature = (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        )
        self.assertEqual(ed25519.public_key(secret).hex(), public)
        self.assertEqual(ed25519.sign(secret, b"\x72").hex(), signature)

    def test_both_signers_are_let_in(self):
        rest = self.sim.rest()
        challenge = rest.post_json("/login/start", api_key=self.sim.api_key).json()["challenge"]
        plain = base64.b64encode(ed25519.sign(self.sim.key.secret, challenge.encode())).decode()
        self.assertEqual(self.sim.key.sign(challenge), plain)
        reply = rest.post_json("/login/verify", service="NEXTAPI", api_key=self.sim.api_key, signature=plain)
        self.assert_status(reply, 200)


class Login(Case):
    def start(self, rest, api_key=None):
        return rest.post_json("/login/start", api_key=api_key or self.sim.api_key).json()["challenge"]

    def verify(self, rest, **changes):
        members = {"service": "NEXTAPI", "api_key": self.sim.api_key, **changes}
        members = {name: value for name, value in members.items() if value is not None}
        return rest.post_json("/login/verify", **members)

    def test_status_needs_no_session_and_takes_a_slash(self):
        rest = self.sim.rest()
        for path in ("", "/"):
            status = self.assert_status(rest.request("GET", path), 200).json()
            self.assertTrue(status["system_running"] and status["valid_version"])
            self.assertGreater(status["timestamp"], 1_600_000_000_000, "milliseconds")

    def test_a_right_signature_opens_a_session(self):
        session = self.sim.login()
        self.assertGreater(session.expires_in, 0)
        self.assertEqual(session.public_feed["encrypted"], self.sim.ready["public_feed"]["encrypted"])
        self.assertEqual(session.private_feed, self.sim.ready["private_feed"])
        self.assertNotEqual(session.key, self.session.key)
        self.assert_status(session.call("GET", "/accounts"), 200)
        self.assert_status(self.session.call("GET", "/accounts"), 200)

    def test_a_wrong_signature_is_refused(self):
        rest = self.sim.rest()
        challenge = self.start(rest)
        signed = base64.b64decode(self.sim.key.sign(challenge))
        for name, signature in {
            "a newline": self.sim.key.sign(challenge + "\n"),
            "another key": nordnet.PrivateKey(b"\1" * 32).sign(challenge),
            "half of it": base64.b64encode(signed[:32]).decode(),
            "the challenge": base64.b64encode(challenge.encode()).decode(),
            "nothing": "",
        }.items():
            with self.subTest(name):
                self.assert_status(self.verify(rest, signature=signature), 400, 401)
        # None of it has spent the challenge.
        self.assert_status(self.verify(rest, signature=base64.b64encode(signed).decode()), 200)

    def test_a_challenge_works_once(self):
        rest = self.sim.rest()
        signature = self.sim.key.sign(self.start(rest))
        self.assert_status(self.verify(rest, signature=signature), 200)
        self.assert_status(self.verify(rest, signature=signature), 401)

    def test_an_unknown_key_is_refused(self):
        rest, other = self.sim.rest(), "00000000-0000-4000-8000-000000000000"
        reply = self.assert_status(rest.post_json("/login/start", api_key=other), 200, 400)
        challenge = reply.json().get("challenge") if reply.status == 200 else self.start(rest)
        signature = self.sim.key.sign(challenge)
        self.assert_status(self.verify(rest, api_key=other, signature=signature), 401)
        # A challenge made for one key is no good for another.
        self.assert_status(self.verify(rest, signature=signature), 401)

    def test_a_wrong_service_is_refused(self):
        rest = self.sim.rest()
        signature = self.sim.key.sign(self.start(rest))
        for service in ("nextapi", "", "NEXT"):
            self.assert_status(self.verify(rest, service=service, signature=signature), 400, 401)

    def test_what_is_no_login_is_a_bad_request(self):
        rest = self.sim.rest()
        json = {"Content-Type": "application/json"}
        for body in ("", "{", "[]", "{}", '{"api_key":7}', '{"api_key":"x"}'):
            self.assert_status(rest.request("POST", "/login/start", body, json), 400)
        self.assert_status(self.verify(rest), 400)
        self.assert_status(self.verify(rest, service=None, signature="x"), 400)

    def test_calls_without_a_session_are_refused(self):
        rest = self.sim.rest()
        key, known = self.session.key, "/accounts"
        pairs = {
            "none": None,
            "unknown": "x:x",
            "the first half only": f"{key}:",
            "two characters short": f"{key}:{key[:-2]}",
            "not doubled": key,
        }
        for name, pair in pairs.items():
            with self.subTest(name):
                header = pair and {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
                reply = self.assert_status(rest.request("GET", known, None, header), 401)
                self.assertIn("code", reply.json())
        header = {"Authorization": f"Bearer {key}"}
        self.assert_status(rest.request("GET", known, None, header), 401)

    def test_touching_keeps_the_session(self):
        self.assertIs(self.session.call("PUT", "/login").json()["logged_in"], True)

    def test_logout_locks_rest_and_feeds(self):
        session = self.sim.login()
        feed = session.feed(session.private_feed)
        self.assertIs(session.call("DELETE", "/login").json()["logged_in"], False)
        self.assert_status(session.call("GET", "/accounts"), 401)
        self.assert_status(session.call("DELETE", "/login"), 401)
        self.assert_closed(feed)
        for address in (session.public_feed, session.private_feed):
            with session.feed(address) as late:
                self.assertEqual(late.message()["type"], "err")
                self.assert_closed(late)
        self.assert_status(self.session.call("GET", "/accounts"), 200)


class Ends(Case):
    def test_an_expired_session_needs_a_new_login(self):
        self.sim.control("expire")
        self.assert_status(self.session.call("GET", "/accounts"), 401)
        self.assert_status(self.session.call("PUT", "/login"), 401)
        with self.session.feed(self.session.public_feed) as feed:
            self.assertEqual(feed.message()["type"], "err")
            self.assert_closed(feed)
        type(self).session = self.sim.login()
        self.assert_status(self.session.call("GET", "/accounts"), 200)

    def test_a_revoked_key_is_refused(self):
        self.sim.control("logins", refused=True)
        with self.assertRaises(PermissionError):
            self.sim.login()
        self.sim.control("logins", refused=False)
        self.sim.login()
