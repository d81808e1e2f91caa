"""What the tests of orders share."""

import time

import nordnet
from simulator import Case

D = nordnet.Decimal
ERIC = "11:101"


class Trading(Case):
    """An account, ERIC B at 86.50 to 86.52, and a private feed.

    The market's clock runs fast, so that orders are confirmed at once.
    """

    OPTIONS = ("--rate", "0", "--speed", "20")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.session.get("/accounts")
        cls.accno = next(account["accno"] for account in accounts if account["default"])

    def setUp(self):
        self.quote("86.50", "86.52")
        self.private = self.feed("private")

    def tearDown(self):
        for order in self.orders():
            self.cancel(order["order_id"])
            self.settled(order["order_id"], order_state="DELETED")

    def quote(self, bid, ask, tradable=ERIC):
        self.sim.control("price", tradable=tradable, bid=bid, ask=ask)

    def submit(self, accno=None, **form):
        """Enter an order for ERIC B and return the reply as it is."""
        market, identifier = ERIC.split(":")
        form = {"market_id": market, "identifier": identifier, "currency": "SEK", **form}
        form = {name: value for name, value in form.items() if value is not None}
        return self.session.call("POST", f"/accounts/{accno or self.accno}/orders", form)

    def place(self, side, volume, price=None, kind="LIMIT", **form):
        """Enter an order that must be taken, and return its number."""
        reply = self.submit(side=side, volume=volume, price=price, order_type=kind, **form)
        self.assert_status(reply, 200)
        verdict = reply.json()
        self.assertEqual(verdict["result_code"], "OK", verdict)
        return verdict["order_id"]

    def change(self, order_id, **form):
        return self.session.call("PUT", f"/accounts/{self.accno}/orders/{order_id}", form)

    def cancel(self, order_id):
        return self.session.call("DELETE", f"/accounts/{self.accno}/orders/{order_id}").json()

    def orders(self, deleted=False):
        return self.session.get(f"/accounts/{self.accno}/orders" + ("?deleted=true" if deleted else ""))

    def trades(self, order_id):
        trades = self.session.get(f"/accounts/{self.accno}/trades")
        return [trade for trade in trades if trade["order_id"] == order_id]

    def info(self):
        return self.session.get(f"/accounts/{self.accno}/info")[0]

    def held(self):
        positions = self.session.get(f"/accounts/{self.accno}/positions")
        return sum(p["qty"] for p in positions if p["instrument"]["symbol"] == "ERIC B")

    def settled(self, order_id, **members):
        """Wait until the order list has the order with these members."""
        end = time.monotonic() + 5
        while True:
            found = [order for order in self.orders(deleted=True) if order["order_id"] == order_id]
            if found and all(found[0].get(name) == value for name, value in members.items()):
                return found[0]
            self.assertLess(time.monotonic(), end, f"{members} never came: {found}")
            time.sleep(0.005)

    def event(self, order_id, kind="order", **members):
        """Return the next message of the private feed with these members."""
        seen = []
        while True:
            try:
                message = self.next(self.private, feed_kind="private")
            except TimeoutError:
                self.fail(f"{kind} {members} never came: {seen}")
            data = message["data"]
            seen.append(data)
            if message["type"] == kind and data["order_id"] == order_id:
                if all(data.get(name) == value for name, value in members.items()):
                    return data

    def buy(self, volume):
        """Buy at the market's price."""
        order_id = self.place("BUY", volume, "86.52")
        self.settled(order_id, traded_volume=volume)

    def refused(self, reply):
        """Expect a refusal by either channel: 400, or 200 with a code."""
        self.assert_status(reply, 200, 400)
        if reply.status == 200:
            self.assertNotEqual(reply.json()["result_code"], "OK", reply)
            self.assertTrue(reply.json()["message"])
        return reply.json()
