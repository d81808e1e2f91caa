"""Orders that are more than a limit: FAK, FOK, held back, with triggers, icebergs."""

from trading import ERIC, D, Trading


class Immediate(Trading):
    def asked(self):
        """Return how much is offered at 86.52, and be rich enough for it."""
        self.sim.control("cash", accno=self.accno, value="10000000", currency="SEK")
        book = self.subscribe(self.feed("public"), t="depth", m=11, i="101")
        return int(book["ask_volume1"])

    def test_fak_takes_what_is_there_and_drops_the_rest(self):
        best = self.asked()
        order_id = self.place("BUY", best + 5, "86.52", kind="FAK")
        order = self.settled(order_id, order_state="DELETED")
        self.assertEqual((order["order_type"], order["validity"]["type"]), ("FAK", "IMMEDIATE"))
        self.assertEqual(order["traded_volume"], best)
        self.assertEqual(sum(trade["volume"] for trade in self.trades(order_id)), best)

    def test_fak_that_reaches_nothing_is_gone(self):
        order_id = self.place("BUY", 5, "86.50", kind="FAK")
        self.assertEqual(self.settled(order_id, order_state="DELETED")["traded_volume"], 0)

    def test_fok_takes_all_or_nothing(self):
        best = self.asked()
        order_id = self.place("BUY", best + 1, "86.52", kind="FOK")
        order = self.settled(order_id, order_state="DELETED")
        self.assertEqual((order["traded_volume"], self.trades(order_id)), (0, []))
        self.assertEqual((order["order_type"], order["validity"]["type"]), ("FOK", "IMMEDIATE"))
        self.assertEqual(order["volume_condition"], "ALL_OR_NOTHING")
        order_id = self.place("BUY", 20, "86.52", kind="FOK")
        self.assertEqual(self.settled(order_id, order_state="DELETED")["traded_volume"], 20)


class Held(Trading):
    """Orders that Nordnet holds back: manual, stop, trailing stop, OCO."""

    def setUp(self):
        super().setUp()
        self.buy(20)

    def condition(self, order_id, state="LOCAL"):
        order = self.settled(order_id, order_state=state)
        return order, order.get("activation_condition", {"type": "NONE"})

    def test_manual_waits_for_its_activation(self):
        order_id = self.place("BUY", 1, "80.00", activation_condition="MANUAL")
        order, condition = self.condition(order_id)
        self.assertEqual((order["action_state"], condition), ("INS_STOP", {"type": "MANUAL"}))
        path = f"/accounts/{self.accno}/orders/{order_id},1/activate"
        known, unknown = self.session.call("PUT", path).json()
        self.assertEqual((known["order_id"], known["result_code"]), (order_id, "OK"))
        self.assertNotEqual(unknown["result_code"], "OK")
        self.event(order_id, order_state="ON_MARKET", action_state="INS_CONF")
        [again] = self.session.call("PUT", f"/accounts/{self.accno}/orders/{order_id}/activate").json()
        self.assertNotEqual(again["result_code"], "OK", "there is no way back to inactive")

    def test_a_manual_order_can_be_cancelled_before(self):
        order_id = self.place("BUY", 1, "80.00", activation_condition="MANUAL")
        self.assertEqual(self.cancel(order_id)["result_code"], "OK")
        self.settled(order_id, order_state="DELETED")

    def test_a_stop_fires_at_its_trigger(self):
        order_id = self.place(
            "SELL",
            5,
            "81.50",
            kind="STOP_LIMIT",
            activation_condition="STOP_ACTPRICE",
            trigger_condition="<=",
            trigger_value="82.00",
        )
        order, condition = self.condition(order_id)
        self.assertEqual(order["action_state"], "INS_STOP")
        self.assertEqual(condition, {"type": "STOP_ACTPRICE", "trigger_condition": "<=", "trigger_value": D(82)})
        self.sim.control("price", tradable=ERIC, price="82.02")
        self.assertEqual(self.settled(order_id)["order_state"], "LOCAL", "not yet")
        self.sim.control("price", tradable=ERIC, price="82.00")
        self.settled(order_id, traded_volume=5, order_state="DELETED")
        self.assertTrue(all(trade["price"]["value"] >= D("81.5") for trade in self.trades(order_id)))

    def test_a_trailing_stop_follows_the_price(self):
        order_id = self.place(
            "SELL",
            5,
            kind="STOP_TRAILING",
            activation_condition="STOP_ACTPRICE_PERC",
            trigger_condition="<=",
            trigger_value="5",
            target_value="-6",
        )
        order, condition = self.condition(order_id)
        self.assertEqual((order["action_state"], condition["type"]), ("INS_STOP", "STOP_ACTPRICE_PERC"))
        self.assertEqual((condition["trigger_condition"], condition["trigger_value"]), ("<=", 5))
        self.sim.control("price", tradable=ERIC, price="90.00")
        _, condition = self.condition(order_id)
        self.assertEqual(condition["trailing_value"], 90)
        self.sim.control("price", tradable=ERIC, price="86.00")
        _, condition = self.condition(order_id)
        self.assertEqual(condition["trailing_value"], 90, "it does not fall with the price")
        # Five percent below 90 is 85.50; the order is then at 90 less 6 %, 84.60.
        self.sim.control("price", tradable=ERIC, price="85.50")
        order = self.settled(order_id, traded_volume=5)
        self.assertEqual(order["price"]["value"], D("84.6"))

    def test_of_oco_the_limit_may_win(self):
        order_id = self.oco()
        self.quote("95.00", "95.02")
        order = self.settled(order_id, traded_volume=5, order_state="DELETED")
        self.assertEqual(order["price"]["value"], 95)
        self.sim.control("price", tradable=ERIC, price="82.00")
        self.assertEqual(sum(trade["volume"] for trade in self.trades(order_id)), 5, "the other leg is gone")

    def test_of_oco_the_stop_may_win(self):
        order_id = self.oco()
        self.sim.control("price", tradable=ERIC, price="82.00")
        self.settled(order_id, traded_volume=5, order_state="DELETED")
        prices = {trade["price"]["value"] for trade in self.trades(order_id)}
        self.assertTrue(all(D("81.5") <= price <= 82 for price in prices), prices)
        self.quote("95.00", "95.02")
        self.assertEqual(sum(trade["volume"] for trade in self.trades(order_id)), 5)

    def oco(self):
        order_id = self.place(
            "SELL",
            5,
            "95.00",
            kind="OCO",
            activation_condition="OCO_STOP_ACTPRICE",
            trigger_condition="<=",
            trigger_value="82.00",
            target_value="81.50",
        )
        self.event(order_id)
        order = self.settled(order_id)
        self.assertEqual((order["order_type"], order["price"]["value"]), ("OCO", 95))
        return order_id


class Iceberg(Trading):
    def test_the_market_sees_a_part(self):
        self.assertTrue(self.session.get(f"/tradables/info/{ERIC}")[0]["iceberg"])
        public = self.feed("public")
        book = self.subscribe(public, t="depth", m=11, i="101")
        order_id = self.place("BUY", 100, "86.50", open_volume=10)
        order = self.settled(order_id, action_state="INS_CONF")
        self.assertEqual((order["volume"], order["open_volume"]), (100, 10))
        self.assertEqual(self.next(public, "depth")["bid_volume1"], book["bid_volume1"] + 10)
        self.sim.control("fill", order_id=order_id, volume=10)
        order = self.settled(order_id, traded_volume=10)
        self.assertEqual(order["order_state"], "ON_MARKET", "the next part is shown")
        self.change(order_id, open_volume=20)
        self.settled(order_id, open_volume=20)


HOUR = 3_600_000


class Day(Trading):
    """From a morning of the market to the next."""

    def test_the_market_closes_and_opens(self):
        [today, tomorrow] = self.session.get(f"/tradables/info/{ERIC}")[0]["calendar"][:2]
        day = self.place("BUY", 10, "80.00")
        later = self.place("BUY", 10, "80.00", valid_until=tomorrow["date"])
        for order_id in (day, later):
            self.settled(order_id, action_state="INS_CONF")
        public = self.feed("public")
        status = self.subscribe(public, t="trading_status", m=11, i="101")["status"]

        self.sim.control("jump", at=today["close"] + HOUR)
        self.settled(day, order_state="DELETED", action_state="DEL_PUSH")
        self.assertEqual(self.settled(later)["order_state"], "ON_MARKET")
        while self.next(public, "trading_status").get("status") in (None, status):
            pass
        waiting = self.place("BUY", 10, "80.00")
        self.settled(waiting, order_state="ON_MARKET", action_state="INS_WAIT")
        cancelled = self.place("BUY", 10, "80.00")
        self.cancel(cancelled)

        self.sim.control("jump", at=tomorrow["open"] + HOUR)
        self.settled(waiting, order_state="ON_MARKET", action_state="INS_CONF")
        self.settled(cancelled, order_state="DELETED")
        self.assertEqual(self.settled(later)["order_state"], "ON_MARKET")
        # What was deleted yesterday is listed no more.
        self.assertNotIn(day, [order["order_id"] for order in self.orders(deleted=True)])
