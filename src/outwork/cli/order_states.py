"""Move a purchase order through its life: place it, hold it, cancel it, complete it, reopen it."""

from __future__ import annotations

import click

from outwork.cli.doing import Answer, Asked, doing
from outwork.cli.options import order_argument, reason_option
from outwork.operations.order_states import (
    cancel_order,
    complete_order,
    hold_order,
    lose_order,
    place_order,
    reopen_order,
    return_order,
)
from outwork.queries.naming import order_named


@click.command("place")
@order_argument
@doing
def place(asked: Asked, order: str) -> Answer:
    """Place a draft or held order. Pending builds that it feeds are issued, which freezes their lines."""
    found = order_named(order)
    return Answer(place_order(order=found, **asked), f"{found.reference} is placed with {found.supplier.name}.")


@click.command("hold")
@order_argument
@reason_option
@doing
def hold(asked: Asked, order: str, reason: str) -> Answer:
    """Put an order on hold."""
    found = order_named(order)
    return Answer(hold_order(order=found, reason=reason, **asked), f"{found.reference} is on hold.")


@click.command("cancel")
@order_argument
@reason_option
@doing
def cancel(asked: Asked, order: str, reason: str) -> Answer:
    """Cancel an order. What was received stays."""
    found = order_named(order)
    return Answer(cancel_order(order=found, reason=reason, **asked), f"{found.reference} is cancelled.")


@click.command("complete")
@order_argument
@click.option("--accept-incomplete", is_flag=True, help="Open lines will not come and are no longer on order.")
@doing
def complete(asked: Asked, order: str, accept_incomplete: bool) -> Answer:
    """Complete a placed order."""
    found = order_named(order)
    done = complete_order(order=found, accept_incomplete=accept_incomplete, **asked)
    return Answer(done, f"{found.reference} is complete.")


@click.command("reopen")
@order_argument
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept with the event.")
@doing
def reopen(asked: Asked, order: str, reason: str) -> Answer:
    """Reopen a complete order. What is open on its lines is on order again."""
    found = order_named(order)
    return Answer(reopen_order(order=found, reason=reason, **asked), f"{found.reference} is placed again.")


@click.command("lose")
@order_argument
@click.option("--reason", required=True, metavar="TEXT", help="What is known of it; kept with the event.")
@doing
def lose(asked: Asked, order: str, reason: str) -> Answer:
    """Give an order up for lost. Placing it again finds it."""
    found = order_named(order)
    return Answer(lose_order(order=found, reason=reason, **asked), f"{found.reference} is lost.")


@click.command("return")
@order_argument
@click.option("--reason", required=True, metavar="TEXT", help="Why it went back; kept with the event.")
@doing
def return_(asked: Asked, order: str, reason: str) -> Answer:
    """Say that an order went back as a whole. It moves no stock; what is here goes back by a return."""
    found = order_named(order)
    return Answer(return_order(order=found, reason=reason, **asked), f"{found.reference} is returned.")


COMMANDS = (place, hold, cancel, complete, reopen, lose, return_)
