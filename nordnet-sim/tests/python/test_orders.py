"""The life of orders: entered, told, changed, filled, cancelled."""

import re
import time
import unittest

from simulator import Simulator
from trading import ERIC, D, Trading


class Limit(Trading):
    def test_an_order_rests_is_changed_and_is_cancelled(self):
        before = self.info()
        order_id = self.place("BUY", 10, "80.00", reference="rests")
        self.event(order_id, order_state="ON_MARKET", action_state="INS_CONF")
        [order] = [order for order in self.orders() if order["order_id"] == order_id]
        self.assertEqual(order["tradable"], {"market_id": 11, "identifier": "101"})
        self.assertEqual((order["side"], order["order_type"], order["reference"]), ("BUY", "LIMIT", "rests"))
        self.assertEqual((order["volume"], order["traded_volume"]), (10, 0))
        self.assertEqual(order["price"], {"value": 80, "currency": "SEK"})
        self.assertEqual(order["validity"], {"type": "DAY"})
        self.assertEqual((order["price_condition"], order["volume_condition"]), ("LIMIT", "NORMAL"))
        self.assertIn(order.get("activation_condition", {"type": "NONE"}), [{"type": "NONE"}])

        self.assertEqual(self.info()["trading_power"]["value"], before["trading_power"]["value"] - 800)
        self.assertEqual(self.info()["buy_orders_value"]["value"], before["buy_orders_value"]["value"] + 800)
        self.assertEqual(self.info()["account_sum"], before["account_sum"])

        verdict = self.change(order_id, price="80.50", currency="SEK").json()
        self.assertEqual((verdict["result_code"], verdict["order_id"]), ("OK", order_id))
        self.event(order_id, action_state="MOD_CONF")
        order = self.settled(order_id, action_state="MOD_CONF")
        self.assertEqual((order["price"]["value"], order["volume"]), (D("80.5"), 10))
        self.change(order_id, volume=4)
        order = self.settled(order_id, volume=4)
        self.assertEqual(order["price"]["value"], D("80.5"), "what is left out stays")

        self.assertEqual(self.cancel(order_id)["result_code"], "OK")
        self.event(order_id, order_state="DELETED", action_state="DEL_CONF")
        self.assertNotIn(order_id, [order["order_id"] for order in self.orders()])
        self.settled(order_id, order_state="DELETED", traded_volume=0)
        self.assertEqual(self.info()["trading_power"], before["trading_power"])
        again = self.session.call("DELETE", f"/accounts/{self.accno}/orders/{order_id}")
        self.refused(again)

    def test_a_marketable_order_is_filled_and_booked(self):
        for side, price in (("BUY", "86.52"), ("SELL", "86.50")):
            with self.subTest(side):
                before, held = self.info(), self.held()
                order_id = self.place(side, 10, price, reference=f"fills-{side}")
                self.event(order_id, action_state="INS_CONF")
                told, volume = [], 0
                while volume < 10:
                    told.append(self.event(order_id, kind="trade"))
                    volume += told[-1]["volume"]
                self.event(order_id, traded_volume=10)
                self.assertEqual(self.trades(order_id), told)
                for trade in told:
                    self.assertEqual((trade["side"], trade["price"]), (side, {"value": D(price), "currency": "SEK"}))
                sign = 1 if side == "BUY" else -1
                value = sum(trade["volume"] * trade["price"]["value"] for trade in told)
                self.assertEqual(volume, 10)
                self.assertEqual(self.held(), held + sign * 10)
                after = self.info()
                self.assertEqual(after["account_sum"]["value"], before["account_sum"]["value"] - sign * value)
                order = self.settled(order_id, traded_volume=10)
                self.assertEqual(order["order_state"], "DELETED")
                self.quote("86.50", "86.52")

    def test_a_buyer_never_pays_more_than_is_asked(self):
        order_id = self.place("BUY", 5, "87.00")
        self.settled(order_id, traded_volume=5)
        self.assertEqual({trade["price"]["value"] for trade in self.trades(order_id)}, {D("86.52")})

    def test_a_resting_order_fills_when_the_market_comes(self):
        order_id = self.place("BUY", 10, "86.40")
        self.event(order_id, action_state="INS_CONF")
        self.sim.control("fill", order_id=order_id, volume=4)
        self.assertEqual(self.event(order_id, kind="trade")["volume"], 4)
        self.event(order_id, traded_volume=4, order_state="ON_MARKET")
        self.quote("86.30", "86.32")
        self.settled(order_id, traded_volume=10, order_state="DELETED")
        self.assertEqual({trade["price"]["value"] for trade in self.trades(order_id)}, {D("86.4")})

    def test_the_public_book_shows_the_order(self):
        public = self.feed("public")
        book = self.subscribe(public, t="depth", m=11, i="101")
        order_id = self.place("BUY", 7, "86.50")
        change = self.next(public, "depth")
        self.assertEqual(change["bid_volume1"], book["bid_volume1"] + 7)
        self.assertEqual(change["bid_orders1"], book["bid_orders1"] + 1)
        self.cancel(order_id)
        self.assertEqual(self.next(public, "depth")["bid_volume1"], book["bid_volume1"])

    def test_both_sessions_are_told(self):
        other = self.sim.login()
        feed = self.feed("private", other)
        with self.assertRaises(TimeoutError):
            feed.line(0.1)  # a login has no reply
        order_id = self.place("BUY", 1, "80.00")
        self.event(order_id, action_state="INS_CONF")
        while self.next(feed, "order", feed_kind="private")["action_state"] != "INS_CONF":
            pass
        reply = other.call("DELETE", f"/accounts/{self.accno}/orders/{order_id}")
        self.assertEqual(reply.json()["result_code"], "OK")
        self.event(order_id, order_state="DELETED")

    def test_a_reference_comes_back_as_it_was(self):
        for text in ("rebal-0317-a", "åäö & = + % ?", "x" * 100, "two  spaces", "🦀"):
            with self.subTest(text):
                order_id = self.place("BUY", 1, "80.00", reference=text)
                self.assertEqual(self.settled(order_id)["reference"], text)

    def test_an_order_lives_until_a_trading_day(self):
        calendar = self.session.get(f"/tradables/info/{ERIC}")[0]["calendar"]
        today, later = calendar[0], calendar[-1]
        order_id = self.place("BUY", 1, "80.00", valid_until=later["date"])
        validity = self.settled(order_id)["validity"]
        self.assertEqual(validity["type"], "UNTIL_DATE")
        self.assertLess(abs(validity["valid_until"] - later["close"]), 86_400_000)
        order_id = self.place("BUY", 1, "80.00", valid_until=today["date"])
        self.assertEqual(self.settled(order_id)["validity"]["type"], "DAY")


class Log(unittest.TestCase):
    def test_the_log_tells_what_happens_and_no_keys(self):
        with Simulator("--rate", "0", "--speed", "20") as sim:
            session = sim.login()
            private = session.feed(session.private_feed)
            time.sleep(0.1)
            form = {"market_id": 11, "identifier": "101", "side": "BUY", "volume": 10, "order_type": "LIMIT"}
            orders = "/accounts/60012345/orders"
            number = session.call("POST", orders, {**form, "price": "80.00"}).json()["order_id"]
            self.await_action(private, "INS_CONF")
            session.call("POST", orders, {**form, "price": "80.01"})
            sim.control("fill", order_id=number, volume=4)
            reply = session.call("PUT", f"{orders}/{number}", {"volume": 8}).json()
            self.assertEqual(reply["result_code"], "OK", reply)
            self.await_action(private, "MOD_CONF")
            session.call("DELETE", f"{orders}/{number}")
            self.await_action(private, "DEL_CONF")
            sim.control("cut", feed="private", how="reset")
            private.close()
            log = sim.end()
        shown = [re.sub(r"^[-0-9]+ [:.0-9]+Z \[[-0-9]+ [:.0-9]+Z\] ", "", line) for line in log.splitlines()[1:]]
        self.assertEqual(
            shown,
            [
                "login 1 from a client",
                "private feed 2 of login 1",
                f"order {number}: BUY 10 ERIC B LIMIT at 80",
                f"order {number} on the market",
                "an order is refused: INVALID_PRICE",
                f"order {number} filled 4 at 80: 4 of 10",
                f"order {number} changed to 8 at 80",
                f"order {number} cancelled",
                "private feed 2 reset",
            ],
        )
        for secret in (session.key, sim.api_key):
            self.assertNotIn(secret, log)

    def await_action(self, private, state):
        """Wait until an order is told to be in an action state."""
        end = time.monotonic() + 8
        while private.message()["data"].get("action_state") != state:
            self.assertLess(time.monotonic(), end, f"{state} never came")
