"""Both feeds: logging in, subscribing, ticks, and what is refused."""

import json
import time
import unittest

import nordnet
from simulator import Case, Simulator

ERIC = {"m": 11, "i": "101"}


class Logins(Case):
    def test_a_feed_is_silent_about_a_good_login(self):
        for kind in ("public", "private"):
            with self.assertRaises(TimeoutError):
                self.feed(kind).line(0.2)

    def test_a_wrong_login_is_refused(self):
        for address in (self.session.public_feed, self.session.private_feed):
            for args in (
                {"session_key": "x", "service": "NEXTAPI"},
                {"session_key": self.session.key, "service": "OTHER"},
                {"session_key": self.session.key},
                {},
            ):
                with self.subTest(args), nordnet.Feed(address, self.session.rest.tls) as feed:
                    feed.send("login", **args)
                    # An err, the end of the connection, or both.
                    with self.assertRaises(nordnet.Closed):
                        self.assertEqual(feed.message()["type"], "err")
                        feed.line()

    def test_the_login_comes_first(self):
        with nordnet.Feed(self.session.public_feed, self.session.rest.tls) as feed:
            feed.send("subscribe", t="price", **ERIC)
            self.assertEqual(feed.message()["type"], "err")

    def test_a_login_may_ask_for_the_state_as_it_once_could(self):
        with nordnet.Feed(self.session.private_feed, self.session.rest.tls) as feed:
            state = {"deleted_orders": True, "days": 7}
            feed.send("login", session_key=self.session.key, service="NEXTAPI", get_state=state)
            with self.assertRaises(TimeoutError):
                feed.line(0.2)

    def test_a_second_private_connection_displaces_the_first(self):
        first = self.feed("private")
        with self.assertRaises(TimeoutError):
            first.line(0.1)
        second = self.feed("private")
        self.assert_closed(first)
        with self.assertRaises(TimeoutError):
            second.line(0.1)

    def test_the_private_feeds_of_two_sessions_live_side_by_side(self):
        first, other = self.feed("private"), self.sim.login()
        second = self.feed("private", other)
        for feed in (first, second):
            with self.assertRaises(TimeoutError):
                feed.line(0.1)


class Lines(Case):
    def test_commands_may_end_in_cr_lf(self):
        feed = self.feed("public", end=b"\r\n")
        self.subscribe(feed, t="price", **ERIC)

    def test_commands_may_come_in_pieces_or_together(self):
        feed = self.feed("public")
        command = json.dumps({"cmd": "subscribe", "args": {"t": "price", **ERIC}}).encode()
        for byte in command + b"\n":
            feed.stream.sendall(bytes([byte]))
        self.next(feed, "price")
        feed.stream.sendall(
            b"\n".join([command.replace(b"price", b"depth"), command.replace(b"price", b"trading_status"), b""])
        )
        self.next(feed, "depth")
        self.next(feed, "trading_status")

    def test_lines_are_json_and_end_in_lf(self):
        feed = self.feed("public")
        feed.send("subscribe", t="price", **ERIC)
        line = feed.line()
        self.assertFalse(line.endswith(b"\r"))
        self.assertEqual(set(json.loads(line)), {"type", "data"})

    def test_what_is_no_command_is_told_and_costs_nothing_else(self):
        feed = self.feed("public")
        for line in (b"hello", b"[]", b"{}", b'{"cmd":"dance","args":{}}', b'{"cmd":"subscribe"}', b'"\xff"'):
            feed.send_line(line)
            self.assertTrue(self.next(feed, "err")["msg"], line)
        self.subscribe(feed, t="price", **ERIC)


class Subscriptions(Case):
    def setUp(self):
        self.sim.control("status", tradable="11:101", status="R")
        self.sim.control("price", tradable="11:101", bid="86.50", ask="86.52")

    def price(self, bid, ask):
        self.sim.control("price", tradable="11:101", bid=bid, ask=ask)

    def test_a_price_is_full_first_and_then_what_changed(self):
        feed = self.feed("public")
        full = self.subscribe(feed, t="price", **ERIC)
        self.assertEqual((full["i"], full["m"]), ("101", 11))
        for name in (
            "bid",
            "ask",
            "bid_volume",
            "ask_volume",
            "last",
            "open",
            "high",
            "low",
            "close",
            "tick_timestamp",
        ):
            self.assertIn(name, full)
        self.assertEqual((full["bid"], full["ask"]), (nordnet.Decimal("86.5"), nordnet.Decimal("86.52")))
        self.price("86.48", "86.52")
        change = self.next(feed, "price")
        self.assertEqual((change["i"], change["m"], change["bid"]), ("101", 11, nordnet.Decimal("86.48")))
        self.assertFalse({"ask", "last", "open", "close", "turnover"} & set(change), change)

    def test_a_value_that_is_lost_comes_as_null_and_comes_back(self):
        feed = self.feed("public")
        self.subscribe(feed, t="price", **ERIC)
        self.subscribe(feed, t="depth", **ERIC)
        self.price(None, "86.52")
        price, depth = self.next(feed, "price"), self.next(feed, "depth")
        self.assertIsNone(price["bid"])
        self.assertIsNone(price["bid_volume"])
        self.assertIsNone(depth["bid1"])
        self.assertIsNone(depth["bid_orders5"])
        # For one who comes now it is not there at all.
        late = self.feed("public")
        self.assertNotIn("bid", self.subscribe(late, t="price", **ERIC))
        self.price("86.50", "86.52")
        self.assertEqual(self.next(feed, "price")["bid"], nordnet.Decimal("86.5"))
        self.assertEqual(self.next(late, "price")["bid"], nordnet.Decimal("86.5"))

    def test_the_book_has_five_levels_in_order(self):
        book = self.subscribe(self.feed("public"), t="depth", **ERIC)
        for side, sign in (("bid", -1), ("ask", 1)):
            prices = [book[f"{side}{n}"] for n in range(1, 6)]
            self.assertEqual(prices, sorted(set(prices), key=lambda price: sign * price))
            for n in range(1, 6):
                self.assertGreater(book[f"{side}_volume{n}"], 0)
                self.assertGreater(book[f"{side}_orders{n}"], 0)
        self.assertLess(book["bid1"], book["ask1"])

    def test_public_trades_are_whole(self):
        feed = self.feed("public")
        feed.send("subscribe", t="trade", **ERIC)
        # The reply to another subscription says that this one is in force.
        self.subscribe(feed, t="trading_status", **ERIC)
        self.sim.control("price", tradable="11:101", price="86.54")
        trade = self.next(feed, "trade")
        self.assertEqual((trade["i"], trade["m"], trade["price"]), ("101", 11, nordnet.Decimal("86.54")))
        self.assertGreater(trade["volume"], 0)

    def test_the_trading_status_changes(self):
        feed = self.feed("public")
        full = self.subscribe(feed, t="trading_status", **ERIC)
        self.sim.control("status", tradable="11:101", status="X")
        change = self.next(feed, "trading_status")
        self.assertNotEqual(full["status"], "X")
        self.assertEqual(change["status"], "X")

    def test_unsubscribing_stops_it(self):
        feed = self.feed("public")
        self.subscribe(feed, t="price", **ERIC)
        self.subscribe(feed, t="trading_status", **ERIC)
        feed.send("unsubscribe", t="price", **ERIC)
        self.subscribe(feed, t="depth", **ERIC)
        self.price("86.40", "86.42")
        self.assertEqual(self.next(feed)["type"], "depth")

    def test_what_cannot_be_had_comes_back(self):
        feed = self.feed("public")
        for args in (
            {"t": "price", "m": 11, "i": "nothing"},
            {"t": "depth", "m": 99, "i": "101"},
            {"t": "price", "m": "11", "i": "101"},
            {"t": "indicator", "m": 11, "i": "OMXS30"},
            {"t": "indicator", "m": "SSE", "i": "nothing"},
            {"t": "news", "s": 424242},
            {"t": "weather", "m": 11, "i": "101"},
            {"t": "price", "m": 11},
        ):
            with self.subTest(args):
                feed.send("subscribe", **args)
                error = self.next(feed, "err")
                echo = error["cmd"] if isinstance(error["cmd"], dict) else json.loads(error["cmd"])
                self.assertEqual(echo, {"cmd": "subscribe", "args": args})
        self.subscribe(feed, t="price", **ERIC)

    def test_the_private_feed_takes_no_subscriptions(self):
        feed = self.feed("private")
        feed.send("subscribe", t="price", **ERIC)
        self.assertEqual(feed.message()["type"], "err")


class Moving(Case):
    """A market that moves by itself, 20 times as fast as usual."""

    OPTIONS = ("--rate", "5", "--speed", "20")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sim.control("pause", paused=False)

    def test_an_indicator_moves(self):
        feed = self.feed("public")
        full = self.subscribe(feed, t="indicator", m="SSE", i="OMXS30")
        self.assertEqual((full["m"], full["i"]), ("SSE", "OMXS30"))
        self.assertNotEqual(self.next(feed, "indicator")["last"], full["last"])

    def test_news_come(self):
        feed = self.feed("public")
        feed.send("subscribe", t="news", s=2, delay=False)
        article = self.next(feed, "news")
        self.assertEqual(article["source_id"], 2)
        self.assertTrue(article["headline"])

    def test_merged_changes_make_a_sound_book(self):
        feed = self.feed("public")
        book = self.subscribe(feed, t="depth", **ERIC)
        for _ in range(200):
            for name, value in self.next(feed, "depth").items():
                if value is None:
                    del book[name]
                else:
                    book[name] = value
            for side, sign in (("bid", -1), ("ask", 1)):
                levels = [n for n in range(1, 6) if f"{side}{n}" in book]
                self.assertEqual(levels, list(range(1, len(levels) + 1)), "no level without the one before it")
                prices = [book[f"{side}{n}"] for n in levels]
                self.assertEqual(prices, sorted(set(prices), key=lambda price: sign * price))
            if "bid1" in book and "ask1" in book:
                self.assertLess(book["bid1"], book["ask1"])


class Limits(Case):
    def test_too_many_commands_are_dropped_and_far_too_many_end_it(self):
        feed = self.feed("public")
        line = json.dumps({"cmd": "subscribe", "args": {"t": "price", **ERIC}}).encode() + b"\n"
        feed.stream.sendall(line * 500)
        kinds = [feed.message()["type"] for _ in range(500)]
        self.assertGreater(kinds.count("price"), 100, "a few hundred a second are within the limit")
        self.assertGreater(kinds.count("err"), 0, "past it they are dropped")
        # The limit is for a second: after it the feed is as good as new.
        time.sleep(1.1)
        self.subscribe(feed, t="depth", **ERIC)
        try:
            feed.stream.sendall(line * 5000)
        except OSError:
            pass  # It was closed before all of them were sent.
        self.assert_closed(feed)

    def test_a_line_without_end_ends_the_connection(self):
        feed = self.feed("public")
        try:
            feed.stream.sendall(b"x" * 10_000_000)
        except OSError:
            pass
        self.assert_closed(feed)


class SlowReader(Case):
    OPTIONS = ("--rate", "100")

    def connections(self):
        return [one for one in self.sim.truth("connections") if one["channel"] == "public"]

    def test_a_reader_that_is_too_slow_is_disconnected(self):
        feed = self.feed("public", receive_buffer=4096)
        stocks = self.session.get("/instrument_search/query/stocklist?limit=100")["results"]
        for stock in stocks:
            market = stock["market_info"]
            for kind in ("price", "depth"):
                feed.send("subscribe", t=kind, m=market["market_id"], i=market["identifier"])
        self.sim.control("pause", paused=False)
        end = time.monotonic() + 20
        while self.connections():
            self.assertLess(time.monotonic(), end, "it is still there")
            time.sleep(0.05)
        self.assert_closed(feed)


class Seeds(unittest.TestCase):
    def begin(self, seed):
        """Return what a simulator of this seed begins with."""
        with Simulator("--seed", seed, "--rate", "50") as sim:
            session = sim.login()
            with session.feed(session.public_feed) as feed:
                feed.send("subscribe", t="trade", **ERIC)
                feed.send("subscribe", t="indicator", m="SSE", i="OMXS30")
                messages = [feed.message() for _ in range(12)]
        told = {kind: [one["data"] for one in messages if one["type"] == kind] for kind in ("trade", "indicator")}
        members = ("price", "volume", "broker_buying", "broker_selling")
        trades = {trade["trade_id"]: [trade[name] for name in members] for trade in told["trade"]}
        return sim.api_key, told["indicator"][0]["close"], trades

    def test_the_same_seed_gives_the_same_market(self):
        (key, close, trades), (same_key, same_close, same) = self.begin("7"), self.begin("7")
        self.assertEqual((key, close), (same_key, same_close))
        common = trades.keys() & same.keys()
        self.assertGreater(len(common), 3)
        self.assertEqual([trades[name] for name in common], [same[name] for name in common])
        other_key, _, others = self.begin("8")
        self.assertNotEqual(key, other_key)
        common = trades.keys() & others.keys()
        self.assertNotEqual([trades[name] for name in common], [others[name] for name in common])
