"""Order entry: everything that must be refused is, and leaves nothing."""

from trading import ERIC, D, Trading

STOP = {
    "order_type": "STOP_LIMIT",
    "activation_condition": "STOP_ACTPRICE",
    "side": "SELL",
    "price": "81.50",
    "trigger_condition": "<=",
    "trigger_value": "82.00",
}
TRAILING = {
    "order_type": "STOP_TRAILING",
    "activation_condition": "STOP_ACTPRICE_PERC",
    "side": "SELL",
    "price": None,
    "trigger_condition": "<=",
    "trigger_value": "5",
    "target_value": "-6",
}
OCO = {
    "order_type": "OCO",
    "activation_condition": "OCO_STOP_ACTPRICE",
    "side": "SELL",
    "price": "95.00",
    "trigger_condition": "<=",
    "trigger_value": "82.00",
    "target_value": "81.50",
}


class Refused(Trading):
    def setUp(self):
        super().setUp()
        if not self.held():
            self.buy(20)
        self.known = self.sim.truth("orders")
        self.listed = self.orders(deleted=True)

    def expect_nothing(self, **changes):
        """Expect that an order that is good but for the changes is refused."""
        form = {"side": "BUY", "volume": 5, "price": "80.00", "order_type": "LIMIT", **changes}
        with self.subTest(**changes):
            before = self.info()
            self.refused(self.submit(**form))
            self.assertEqual(self.sim.truth("orders"), self.known)
            self.assertEqual(self.orders(deleted=True), self.listed)
            self.assertEqual(self.info(), before)

    def tomorrow(self):
        return self.session.get(f"/tradables/info/{ERIC}")[0]["calendar"][1]["date"]

    def test_what_is_required_is_missing_or_wrong(self):
        for name, wrong in {
            "market_id": (None, "x", ""),
            "side": (None, "HOLD", "buy"),
            "volume": (None, "0", "-1", "1.5", "x", "99999999999999999999"),
            "price": (None, "0", "-1", "x", "1e", "NaN"),
            "order_type": ("MARKET", "limit"),
        }.items():
            for value in wrong:
                self.expect_nothing(**{name: value})

    def test_what_the_market_does_not_take(self):
        self.expect_nothing(identifier="nothing")
        self.expect_nothing(market_id="99")
        self.expect_nothing(price="80.01")  # between two ticks
        self.expect_nothing(price="80.005")
        self.expect_nothing(currency="EUR")
        self.expect_nothing(volume="100000000")  # more than the account can pay
        self.expect_nothing(side="SELL", price="90.00", volume="100000")  # more than it holds
        self.expect_nothing(valid_until="2026-03-15")  # a Sunday, and past
        self.expect_nothing(valid_until="2030-01-01")
        self.expect_nothing(valid_until="17/03/2026")
        self.expect_nothing(valid_until="2026-02-30")

    def test_fak_and_fok(self):
        for kind in ("FAK", "FOK"):
            self.expect_nothing(order_type=kind, price=None)
            self.expect_nothing(order_type=kind, open_volume=1)
            self.expect_nothing(order_type=kind, valid_until=self.tomorrow())
            self.expect_nothing(order_type=kind, activation_condition="MANUAL")

    def test_stops(self):
        for name in ("price", "trigger_value", "trigger_condition", "activation_condition"):
            self.expect_nothing(**{**STOP, name: None})
        self.expect_nothing(**STOP, open_volume=1)
        self.expect_nothing(**STOP, valid_until=self.tomorrow())
        self.expect_nothing(**{**STOP, "trigger_condition": "<"})
        self.expect_nothing(**{**STOP, "trigger_value": "0"})

    def test_trailing_stops(self):
        for name in ("target_value", "trigger_value", "trigger_condition", "activation_condition"):
            self.expect_nothing(**{**TRAILING, name: None})
        self.expect_nothing(**{**TRAILING, "price": "80.00"})
        self.expect_nothing(**{**TRAILING, "trigger_value": "0.9"})
        self.expect_nothing(**TRAILING, open_volume=1)
        self.expect_nothing(**TRAILING, valid_until=self.tomorrow())

    def test_oco(self):
        for name in ("price", "target_value", "trigger_value", "trigger_condition", "activation_condition"):
            self.expect_nothing(**{**OCO, name: None})
        self.expect_nothing(**OCO, open_volume=1)
        self.expect_nothing(**OCO, valid_until=self.tomorrow())

    def test_types_and_conditions_that_are_no_pair(self):
        for kind, condition in (
            ("STOP_LIMIT", "STOP_ACTPRICE_PERC"),
            ("STOP_LIMIT", "MANUAL"),
            ("STOP_TRAILING", "STOP_ACTPRICE"),
            ("OCO", "STOP_ACTPRICE"),
            ("LIMIT", "OCO_STOP_ACTPRICE"),
            ("LIMIT", "SOMETIMES"),
        ):
            self.expect_nothing(**{**OCO, "order_type": kind, "activation_condition": condition})

    def test_icebergs(self):
        for part in ("0", "-1", "6", "x"):
            self.expect_nothing(open_volume=part)

    def test_accounts_that_are_not_there_or_blocked(self):
        form = {"side": "BUY", "volume": 1, "price": "80.00", "order_type": "LIMIT"}
        self.assert_status(self.submit(accno=99999999, **form), 400, 404)
        blocked = next(account for account in self.session.get("/accounts") if account.get("is_blocked"))
        self.assertEqual(self.assert_status(self.submit(accno=blocked["accno"], **form), 403).body, b"")
        self.assertEqual(self.sim.truth("orders"), self.known)

    def test_a_form_is_required(self):
        path = f"/accounts/{self.accno}/orders"
        body = '{"market_id":11,"identifier":"101","side":"BUY","volume":1,"price":80,"order_type":"LIMIT"}'
        headers = {"Authorization": self.session.authorization, "Content-Type": "application/json"}
        reply = self.session.rest.request("POST", path, body, headers)
        self.assert_status(reply, 400)
        self.assertEqual(self.sim.truth("orders"), self.known)

    def test_a_message_speaks_the_language(self):
        form = {
            "market_id": 11,
            "identifier": "101",
            "side": "BUY",
            "volume": 1,
            "price": "80.01",
            "order_type": "LIMIT",
        }
        path = f"/accounts/{self.accno}/orders"
        swedish, english = (self.session.call("POST", path, form, language=one).json() for one in ("sv", "en"))
        self.assertEqual(swedish.get("result_code"), english.get("result_code"))
        self.assertNotEqual(swedish["message"], english["message"])


class Changes(Trading):
    def setUp(self):
        super().setUp()
        self.order = self.place("BUY", 10, "80.00")
        self.settled(self.order, action_state="INS_CONF")

    def test_what_cannot_be_changed(self):
        for form in (
            {"price": "81.00"},  # without its currency
            {"price": "81.00", "currency": "EUR"},
            {"price": "81.01", "currency": "SEK"},
            {"price": "0", "currency": "SEK"},
            {"volume": "0"},
            {"volume": "100000000"},
            {"volume": "x"},
            {"price": "81.00", "currency": "SEK", "volume": "100000000"},
        ):
            with self.subTest(**form):
                before = self.info()
                self.refused(self.change(self.order, **form))
                order = self.settled(self.order)
                self.assertEqual(
                    (order["price"]["value"], order["volume"], order["action_state"]), (80, 10, "INS_CONF")
                )
                self.assertEqual(self.info(), before)

    def test_below_what_is_filled(self):
        self.sim.control("fill", order_id=self.order, volume=6)
        self.refused(self.change(self.order, volume=5))
        self.assertEqual(self.settled(self.order)["volume"], 10)

    def test_more_power_is_held_back_for_more(self):
        before = self.info()["trading_power"]["value"]
        self.change(self.order, price="81.00", currency="SEK", volume=20)
        self.settled(self.order, volume=20)
        self.assertEqual(self.info()["trading_power"]["value"], before - (20 * 81 - 10 * 80))

    def test_an_unknown_order(self):
        form = {"price": "81.00", "currency": "SEK"}
        reply = self.assert_status(self.change(1, **form), 404)
        self.assertIn("code", reply.json())
        reply = self.session.call("DELETE", f"/accounts/{self.accno}/orders/1")
        self.assert_status(reply, 200, 404)
        if reply.status == 200:
            self.assertNotEqual(reply.json()["result_code"], "OK")
        self.assert_status(self.change("x", **form), 400)

    def test_an_order_of_another_account(self):
        others = [account["accno"] for account in self.session.get("/accounts") if not account.get("is_blocked")]
        other = next(accno for accno in others if accno != self.accno)
        path = f"/accounts/{other}/orders/{self.order}"
        self.assert_status(self.session.call("PUT", path, {"volume": 5}), 404)
        reply = self.session.call("DELETE", path)
        self.assertTrue(reply.status == 404 or reply.json()["result_code"] != "OK", reply)
        self.assertEqual(self.settled(self.order)["order_state"], "ON_MARKET")

    def test_an_order_that_is_gone(self):
        self.cancel(self.order)
        self.settled(self.order, order_state="DELETED")
        self.refused(self.change(self.order, volume=5))
        self.assertEqual(self.settled(self.order)["volume"], D(10))
