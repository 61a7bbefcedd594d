"""Eight pull requests of a web shop, for a folder that has no history of its own."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.records import FileChange
from bot.sandbox.replay import Sample


def samples() -> Sequence[Sample]:
    """From what no customer can notice to what every customer will."""
    return SAMPLES


def _file(path: str, patch: str, *, status: str = "modified") -> FileChange:
    lines = patch.splitlines()
    return FileChange(
        path,
        additions=sum(line.startswith("+") for line in lines),
        deletions=sum(line.startswith("-") for line in lines),
        patch=patch,
        status=status,
    )


SAMPLES = (
    Sample(
        title="Run the cart tests in parallel",
        body="They took four minutes, now one.",
        author="checkout-dev",
        branch="faster-tests",
        files=(
            _file(
                ".github/workflows/tests.yml",
                "@@ -12,3 +12,3 @@ jobs:\n     steps:\n"
                "-      - run: pytest tests/cart\n+      - run: pytest -n 4 tests/cart",
            ),
        ),
    ),
    Sample(
        title="Explain in the contributor guide how to start the shop",
        body="",
        author="shop-dev",
        branch="contributor-guide",
        files=(
            _file(
                "docs/contributing.md",
                "@@ -8,2 +8,3 @@\n ## Start\n-Run `start`.\n"
                "+Run `make start`, then open http://localhost:3000.\n+It takes a minute.",
            ),
        ),
    ),
    Sample(
        title="Show a clearer message when a card is declined",
        body="## Why\nPeople try the same card again and again, because “Error 402” tells them "
        "nothing. Support hears it about ten times a week.\n\nFixes #214",
        author="checkout-dev",
        branch="declined-card-message",
        files=(
            _file(
                "web/checkout/messages.ts",
                "@@ -21,5 +21,5 @@ export const messages = {\n"
                "   expired: 'This card has expired.',\n"
                "-  declined: 'Error 402',\n"
                "+  declined: 'Your bank declined this card. You were not charged.',\n"
                "   network: 'We could not reach the bank.',",
            ),
        ),
    ),
    Sample(
        title="Remember the delivery address of the last order",
        body="Customers type it again for every order. With this the form starts with the last "
        "address; a link clears it.",
        author="shop-dev",
        branch="remember-address",
        files=(
            _file(
                "web/checkout/AddressForm.tsx",
                "@@ -4,3 +4,6 @@ export function AddressForm() {\n"
                "-  const [address, setAddress] = useState(empty)\n"
                "+  const [address, setAddress] = useState(lastAddress() ?? empty)\n   return (\n"
                "+    <button onClick={() => setAddress(empty)}>Use another address</button>",
            ),
        ),
    ),
    Sample(
        title="Move the search from the top bar into the menu",
        body="The bar was crowded on phones.",
        author="billing-dev",
        branch="search-in-menu",
        files=(
            _file(
                "web/layout/TopBar.tsx",
                "@@ -9,4 +9,3 @@ export function TopBar() {\n   <Logo />\n"
                '-  <SearchField placeholder="Search the shop" />\n   <CartButton />',
            ),
            _file(
                "web/layout/Menu.tsx",
                "@@ -3,2 +3,3 @@ export function Menu() {\n"
                '+  <SearchField placeholder="Search the shop" />\n   <MenuItems />',
            ),
        ),
    ),
    Sample(
        title="Send order mails in the morning instead of at once",
        body="Batches are cheaper. Customers get the confirmation at 8:00 the next day.",
        author="billing-dev",
        branch="order-mails-in-batches",
        files=(
            _file(
                "config/notifications.yaml",
                '@@ -1,4 +1,4 @@\n order_confirmation:\n-  send: immediately\n+  send: "08:00"\n'
                "   channel: email",
            ),
        ),
    ),
    Sample(
        title="chore: remove the old CSV export of orders",
        body="The new JSON export has been there since spring.",
        author="checkout-dev",
        branch="drop-csv-export",
        files=(
            FileChange("api/orders/export_csv.py", 0, 41, None, "removed"),
            _file(
                "api/routes.py",
                "@@ -30,4 +30,3 @@ routes = [\n     Route('/orders', orders),\n"
                "-    Route('/orders/export.csv', export_csv),\n"
                "     Route('/orders/export.json', export_json),",
            ),
        ),
    ),
    Sample(
        title="Raise the Plus plan from 9 to 12 euros and keep old customers on 9 for a year",
        body="Hosting and support became dearer. Old customers keep their price until next "
        "summer and get a mail two months before.\n\n- [x] Billing tested\n- [ ] Mail written",
        author="shop-dev",
        branch="plus-plan-price",
        files=(
            _file(
                "pricing/plans.yaml",
                "@@ -6,4 +6,5 @@ plans:\n   plus:\n-    monthly: 9\n+    monthly: 12\n"
                '+    old_customers: {monthly: 9, until: "2027-07-01"}\n     currency: EUR',
            ),
        ),
    ),
)
