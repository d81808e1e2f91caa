"""What goes wrong, as the control port makes it."""

import http.client
import json
import time
import unittest

import nordnet
from simulator import Simulator
from trading import Trading

LOST = (OSError, http.client.HTTPException)


class Replies(Trading):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is answered here is not always what the reference allows.
        cls.session.rest = cls.sim.rest(checked=False)

    def setUp(self):
        super().setUp()
        self.addCleanup(self.sim.control, "reset")

    def plan(self, operation, **answer):
        self.sim.control("respond", operation=operation, **answer)

    def test_too_many_requests(self):
        self.plan("list_accounts", status=429, body={"code": "TOO_MANY_REQUESTS"}, times=2)
        for status in (429, 429, 200):
            self.assert_status(self.session.call("GET", "/accounts"), status)

    def test_out_of_service_for_a_while(self):
        self.plan("list_accounts", status=503, headers={"Retry-After": "3"}, body={"code": "SERVICE_UNAVAILABLE"})
        reply = self.assert_status(self.session.call("GET", "/accounts"), 503)
        self.assertEqual(reply.headers["Retry-After"], "3")
        self.assertEqual(reply.json()["code"], "SERVICE_UNAVAILABLE")

    def test_an_order_whose_reply_is_lost_is_found_by_its_reference(self):
        known = [order["order_id"] for order in self.orders(deleted=True)]
        for count, (how, there) in enumerate(
            (
                ({"cut_at": 0}, True),
                ({"cut_at": 0, "how": "reset"}, True),
                ({"cut_body_at": 5, "how": "abrupt"}, True),
                ({"status": 503, "processed": True}, True),
                ({"cut_at": 0, "processed": False}, False),
                ({"status": 503}, False),
            )
        ):
            with self.subTest(**how):
                reference = f"lost-{count}"
                self.plan("place_order", **how)
                try:
                    reply = self.submit(side="BUY", volume=1, price="80.00", order_type="LIMIT", reference=reference)
                    self.assert_status(reply, 503)
                except LOST:
                    pass
                found = [order for order in self.orders(deleted=True) if order.get("reference") == reference]
                self.assertEqual(len(found), there)
        fresh = [order for order in self.orders(deleted=True) if order["order_id"] not in known]
        self.assertEqual(len(fresh), 4)

    def test_a_body_that_breaks_off(self):
        self.plan("list_accounts", cut_body_at=20)
        with self.assertRaises(http.client.IncompleteRead) as caught:
            self.session.call("GET", "/accounts")
        self.assertEqual(len(caught.exception.partial), 20)
        self.assert_status(self.session.call("GET", "/accounts"), 200)

    def test_a_page_instead_of_json(self):
        page = "<html><body>Bad gateway</body></html>"
        self.plan("*", status=502, headers={"Content-Type": "text/html"}, body=page)
        reply = self.assert_status(self.session.call("GET", "/accounts"), 502)
        self.assertEqual((reply.headers["Content-Type"], reply.body.decode()), ("text/html", page))

    def test_a_late_reply(self):
        self.plan("list_accounts", ms=300)
        began = time.monotonic()
        self.assert_status(self.session.call("GET", "/accounts"), 200)
        self.assertGreaterEqual(time.monotonic() - began, 0.3)

    def test_a_reply_that_never_comes(self):
        self.plan("list_accounts", cut_at=0, how="stall")
        self.session.rest.connection.timeout = 0.3
        self.addCleanup(setattr, self.session.rest.connection, "timeout", 10)
        self.session.rest.connection.close()
        with self.assertRaises(LOST):
            self.session.call("GET", "/accounts")

    def test_what_is_not_http(self):
        self.plan("list_accounts", raw="SSH-2.0-OpenSSH_9.2\r\n")
        with self.assertRaises(LOST):
            self.session.call("GET", "/accounts")
        self.assert_status(self.session.call("GET", "/accounts"), 200)

    def test_chunks_and_an_interim_reply_change_nothing(self):
        expected = self.session.get("/accounts")
        for how in ({"chunked": True}, {"interim": 100}, {"slow_body_ms": 0}):
            with self.subTest(**how):
                self.plan("list_accounts", **how)
                self.assertEqual(self.session.get("/accounts"), expected)

    def test_plans_can_be_taken_back(self):
        self.plan("*", status=500, times=100)
        self.sim.control("reset")
        self.assert_status(self.session.call("GET", "/accounts"), 200)

    def test_the_truth_is_kept(self):
        before = len(self.sim.truth("audit"))
        self.session.call("GET", "/accounts?include_credit_accounts=true")
        [entry] = self.sim.truth("audit")[before:]
        self.assertEqual((entry["method"], entry["operation"], entry["status"]), ("GET", "list_accounts", 200))
        self.assertEqual(entry["key_suffix"], self.session.key[-4:])
        self.assertGreater(self.sim.truth("counters")["requests"], before)
        text = json.dumps(
            [self.sim.truth(what) for what in ("audit", "commands", "sessions", "connections")], default=str
        )
        self.assertNotIn(self.session.key, text)

    def test_the_control_port_says_what_is_wrong(self):
        for call, arguments, part in (
            ("nothing", {}, "GET accounts, .*; POST price, "),
            ("price", {"tradable": "11:nothing", "price": "1"}, "market:identifier"),
            ("price", {"tradable": "11:101", "price": "80.01"}, "tick"),
            ("price", {"price": "80"}, "tradable"),
            ("price", {"tradable": "11:101", "prize": "80.02"}, "unknown argument `prize`"),
            ("price", {"tradable": "11:101", "bid": "80.02"}, "ask"),
            ("respond", {"operation": "nothing", "status": 503}, "operation"),
            ("fill", {"order_id": 1, "volume": 1}, "order"),
        ):
            with self.subTest(call), self.assertRaisesRegex(RuntimeError, part):
                self.sim.control(call, **arguments)


class Feeds(Trading):
    def test_feeds_are_cut_in_every_way(self):
        for how in ("clean", "abrupt", "reset"):
            for kind in ("public", "private"):
                with self.subTest(how=how, kind=kind):
                    feed = self.feed(kind)
                    with self.assertRaises(TimeoutError):
                        feed.line(0.1)
                    self.sim.control("cut", feed=kind, how=how)
                    self.assert_closed(feed)
                    with self.assertRaises(TimeoutError):
                        self.feed(kind).line(0.1)

    def test_a_stalled_feed_catches_up(self):
        feed = self.feed("public")
        self.subscribe(feed, t="price", m=11, i="101")
        self.sim.control("stall", feed="public", ms=600)
        self.quote("86.40", "86.42")
        with self.assertRaises(TimeoutError):
            feed.line(0.2)
        self.assertEqual(self.next(feed, "price")["bid"], nordnet.Decimal("86.4"))

    def test_anything_can_be_injected(self):
        feed = self.feed("public")
        self.subscribe(feed, t="price", m=11, i="101")
        self.sim.control("inject", feed="public", line="no json")
        self.assertEqual(feed.line(), b"no json")
        self.sim.control("inject", feed="public", bytes='{"type":')
        self.sim.control("inject", feed="public", line='"surprise","data":{}}')
        self.assertEqual(feed.message(), {"type": "surprise", "data": {}})

    def test_what_is_missed_is_in_the_lists(self):
        order_id = self.place("BUY", 5, "80.00")
        self.event(order_id, action_state="INS_CONF")
        self.sim.control("cut", feed="private", how="abrupt")
        self.assert_closed(self.private)
        self.sim.control("fill", order_id=order_id, volume=5)
        self.private = self.feed("private")
        with self.assertRaises(TimeoutError):
            self.private.line(0.1)  # nothing is replayed
        self.assertEqual([trade["volume"] for trade in self.trades(order_id)], [5])


class Random(unittest.TestCase):
    def statuses(self, seed):
        with Simulator("--seed", seed, "--faults", "429=0.2,503=0.2,lost=0.2") as sim:
            rest, seen = sim.rest(checked=False), []
            for _ in range(40):
                try:
                    seen.append(rest.request("GET", "").status)
                except LOST:
                    seen.append("lost")
            return seen

    def test_faults_follow_the_seed(self):
        seen = self.statuses("3")
        self.assertEqual(set(seen), {200, 429, 503, "lost"})
        self.assertEqual(self.statuses("3"), seen)
        self.assertNotEqual(self.statuses("4"), seen)
