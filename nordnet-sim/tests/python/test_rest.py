"""Reads over REST: accounts, instruments and what is around them.

Every reply is held against the reference by the client that is used here.
"""

import time
from decimal import Decimal

from simulator import Case

ERIC, VOLVO = "11:101", "11:366"


class Reads(Case):
    def accounts(self, **flags):
        return [
            account for account in self.session.get("/accounts") if all(account.get(n) == v for n, v in flags.items())
        ]

    def instrument(self, tradable=ERIC):
        return self.session.get(f"/instruments/lookup/market_id_identifier/{tradable}")[0]


class Accounts(Reads):
    def test_one_account_is_the_preselected_one(self):
        self.assertEqual(len(self.accounts(default=True)), 1)
        blocked = self.accounts(is_blocked=True)
        self.assertTrue(all(account["blocked_reason"] for account in blocked))

    def test_infos_come_for_a_list_of_accounts_by_either_name(self):
        open_ones = [account for account in self.accounts() if not account.get("is_blocked")]
        numbers = ",".join(str(account["accno"]) for account in open_ones)
        infos = self.session.get(f"/accounts/{numbers}/info")
        self.assertEqual([info["accno"] for info in infos], [account["accno"] for account in open_ones])
        indexes = ",".join(str(account["accid"]) for account in open_ones)
        self.assertEqual(self.session.get(f"/accounts/{indexes}/info"), infos)
        for info in infos:
            parts = [
                "account_sum",
                "full_marketvalue",
                "interest",
                "forward_sum",
                "future_sum",
                "unrealized_future_profit_loss",
            ]
            self.assertEqual(info["own_capital"]["value"], sum(info[part]["value"] for part in parts))

    def test_the_old_call_gives_one_object(self):
        number = self.accounts(default=True)[0]["accno"]
        info = self.session.get(f"/accounts/{number}")
        self.assertEqual([info], self.session.get(f"/accounts/{number}/info"))

    def test_positions_are_worth_what_the_account_says(self):
        for account in self.accounts():
            if account.get("is_blocked"):
                continue
            number = account["accno"]
            info = self.session.get(f"/accounts/{number}/info")[0]
            positions = self.session.get(f"/accounts/{number}/positions")
            worth = sum(position["market_value_acc"]["value"] for position in positions)
            self.assertEqual(info["full_marketvalue"]["value"], worth)
            for position in positions:
                self.assertEqual(position["accno"], number)
                self.assertEqual(position["market_value"]["currency"], position["instrument"]["currency"])

    def test_ledgers_add_up_to_the_cash(self):
        number = self.accounts(default=True)[0]["accno"]
        info = self.session.get(f"/accounts/{number}/info")[0]
        ledgers = self.session.get(f"/accounts/{number}/ledgers")
        total = sum(ledger["account_sum_acc"]["value"] for ledger in ledgers["ledgers"])
        self.assertEqual(ledgers["total"]["value"], total)
        self.assertEqual(info["account_sum"], ledgers["total"])

    def test_a_blocked_account_is_forbidden_without_a_word(self):
        number = self.accounts(is_blocked=True)[0]["accno"]
        for path in ("info", "ledgers", "positions", "trades", "orders"):
            reply = self.assert_status(self.session.call("GET", f"/accounts/{number}/{path}"), 403)
            self.assertEqual(reply.body, b"")

    def test_an_unknown_account_is_refused(self):
        for path in ("info", "ledgers", "positions", "trades", "orders"):
            self.assert_status(self.session.call("GET", f"/accounts/99999999/{path}"), 400, 404)
        self.assert_status(self.session.call("GET", "/accounts/abc/info"), 400)
        self.assert_status(self.session.call("GET", "/accounts/99999999/trades"), 404)

    def test_trades_reach_back_seven_days(self):
        number = self.accounts(default=True)[0]["accno"]
        for days in (0, 7):
            self.assertEqual(self.session.get(f"/accounts/{number}/trades?days={days}"), [])
        for days in (-1, 8, "x"):
            self.assert_status(self.session.call("GET", f"/accounts/{number}/trades?days={days}"), 400)

    def test_orders_begin_empty(self):
        number = self.accounts(default=True)[0]["accno"]
        self.assertEqual(self.session.get(f"/accounts/{number}/orders?deleted=true"), [])
        self.assert_status(self.session.call("GET", f"/accounts/{number}/orders?deleted=maybe"), 400)

    def test_todays_deposits_are_told(self):
        number = self.accounts(default=True)[0]["accno"]
        self.session.get(f"/accounts/{number}/returns/transactions/today")


class Instruments(Reads):
    def test_both_kinds_of_key_find_the_same(self):
        found = self.instrument()
        self.assertEqual((found["symbol"], found["currency"]), ("ERIC B", "SEK"))
        tradable = found["tradables"][0]
        self.assertEqual((tradable["market_id"], tradable["identifier"]), (11, "101"))
        key = f"{found['isin_code']}:{found['currency']}:{tradable['market_id']}"
        self.assertEqual(self.session.get(f"/instruments/lookup/isin_code_currency_market_id/{key}"), [found])
        self.assertEqual(self.session.get(f"/instruments/{found['instrument_id']}"), [found])

    def test_lists_of_keys_find_several(self):
        for separator in (",", "%2C"):
            path = separator.join([ERIC, VOLVO]).replace(":", "%3A" if separator != "," else ":")
            found = self.session.get(f"/instruments/lookup/market_id_identifier/{path}")
            self.assertEqual([one["symbol"] for one in found], ["ERIC B", "VOLV B"])

    def test_nothing_found_is_no_content(self):
        for path in (
            "/instruments/1",
            "/instruments/lookup/market_id_identifier/11:nothing",
            "/tradables/info/11:nothing",
            "/markets/9999",
            "/tick_sizes/9999",
        ):
            self.assert_status(self.session.call("GET", path), 204)

    def test_broken_keys_are_refused(self):
        for path in (
            "/instruments/abc",
            "/instruments/lookup/by_name/ERIC",
            "/instruments/lookup/market_id_identifier/101",
            "/tradables/info/101",
            "/markets/x",
            "/tick_sizes/x",
        ):
            self.assert_status(self.session.call("GET", path), 400)

    def test_prices_have_a_tick_table(self):
        for market in self.session.get("/markets"):
            self.assertEqual(self.session.get(f"/markets/{market['market_id']}"), [market])
        tables = self.session.get("/tick_sizes")
        for table in tables:
            self.assertEqual(self.session.get(f"/tick_sizes/{table['tick_size_id']}"), [table])
            lowest = Decimal(0)
            for interval in table["ticks"]:
                self.assertGreaterEqual(interval["from_price"], lowest)
                self.assertGreater(interval["to_price"], interval["from_price"])
                self.assertEqual(interval["tick"], round(Decimal(interval["tick"]), interval["decimals"]))
                lowest = interval["to_price"]
        used = self.instrument()["tradables"][0]["tick_size_id"]
        self.assertIn(used, [table["tick_size_id"] for table in tables])

    def test_trading_days_have_hours(self):
        info = self.session.get(f"/tradables/info/{ERIC}")[0]
        now = self.session.rest.request("GET", "").json()["timestamp"]
        day = 86_400_000
        self.assertTrue(info["calendar"])
        for one in info["calendar"]:
            self.assertLess(one["open"], one["close"])
            self.assertLess(one["close"] - one["open"], day)
            self.assertEqual(time.strftime("%Y-%m-%d", time.gmtime(one["open"] / 1000)), one["date"])
        self.assertLess(now, info["calendar"][-1]["close"])
        self.assertIn("LIMIT", [kind["type"] for kind in info["order_types"]])

    def test_texts_follow_the_language(self):
        def types(language):
            return [a["type"] for a in self.session.get("/accounts", language=language)]

        def refusal(language):
            reply = self.session.call("GET", "/instruments/abc", language=language).json()
            return reply["code"], reply["message"]

        self.assertNotEqual(types("en"), types("sv"))
        (code, english), (same, swedish) = refusal("en"), refusal("sv")
        self.assertEqual(code, same, "codes do not change")
        self.assertNotEqual(english, swedish)


class Everything(Reads):
    """Every read of the reference is served, and keeps to its schema."""

    def test_reads(self):
        instrument = self.instrument()["instrument_id"]
        for path in (
            "/instruments/types",
            "/instruments/types/ESH",
            "/instruments/underlyings/leverage/SEK",
            f"/instruments/validation/suitability/{instrument}",
            f"/instruments/{instrument}/leverages",
            f"/instruments/{instrument}/leverages/filters",
            f"/instruments/{instrument}/trades?count=3",
            f"/instruments/{instrument}/trades?count=all",
            "/instrument_search/attributes",
            "/instrument_search/attributes?entity_type=STOCKLIST&only_sortable=true",
            "/instrument_search/query/stocklist?limit=3",
            "/instrument_search/query/stocklist?sort_attribute=name&sort_order=desc&free_text_search=eric",
            "/instrument_search/query/bullbearlist",
            "/instrument_search/query/minifuturelist?sort_attribute=name&sort_order=asc",
            "/instrument_search/query/unlimitedturbolist?sort_attribute=name&sort_order=asc",
            "/instrument_search/query/optionlist/pairs?currency=SEK&expire_date=1781827200000&underlying_symbol=ERIC%20B",
            "/main_search?query=eric&limit=2",
            f"/tradables/trades/{ERIC},{VOLVO}?count=2",
            f"/tradables/validation/suitability/{ERIC},{VOLVO}",
            "/countries",
            "/countries/SE,NO",
            "/news",
            "/news_sources",
        ):
            with self.subTest(path):
                self.assert_status(self.session.call("GET", path), 200, 204)

    def test_searches_find_what_is_there(self):
        rows = self.session.get("/instrument_search/query/stocklist?free_text_search=ericsson")
        # Once for every market.
        self.assertEqual({row["instrument_info"]["symbol"] for row in rows["results"]}, {"ERIC B"})
        self.assertEqual(rows["total_hits"], len(rows["results"]))
        groups = self.session.get("/main_search?query=ericsson")
        self.assertTrue(any("Ericsson" in row["display_name"] for group in groups for row in group["results"]))
        self.assert_status(self.session.call("GET", "/main_search?query=nothingofthekind"), 204, 404)

    def test_a_required_parameter_is_missed(self):
        self.assert_status(self.session.call("GET", "/main_search"), 400)
        self.assert_status(self.session.call("GET", "/instrument_search/query/optionlist/pairs?currency=SEK"), 400)

    def test_all_need_a_session(self):
        for path in ("/instruments/types", "/markets", "/news_sources", "/countries", "/main_search?query=eric"):
            self.assert_status(self.session.rest.request("GET", path), 401)
