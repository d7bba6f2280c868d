"""Pages of the list of studies: selected, sorted, cut, projected; quick for the next page and the next release.

It promises pages in one order while nothing changes (the newest number first unless ``sort`` says otherwise), a
token whenever a page is full, and that a later page with other parameters goes on in the changed list at the old
place. Selections are remembered for one release, projected rows for as long as their record stays.
"""

import base64
import binascii
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

import orjson

from tracker.domain.record import Json
from tracker.simulator import parameters
from tracker.simulator.answers import Page
from tracker.simulator.essie import comparable
from tracker.simulator.markup import as_legacy
from tracker.simulator.parameters import Order, Refused
from tracker.simulator.projection import Mask, mask_of, project, values_at
from tracker.simulator.published import Published
from tracker.simulator.selection import matcher

_MOST_REMEMBERED = 16
_NOT_IN_SELECTION = frozenset({"fields", "countTotal", "pageSize", "pageToken", "format", "markupFormat"})


class Listing:
    """Lists what is published; the caller holds the world's lock."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._selections: OrderedDict[tuple[object, ...], Sequence[str]] = OrderedDict()
        self._rows: OrderedDict[str, dict[str, tuple[Json, bytes]]] = OrderedDict()

    def page(self, params: Mapping[str, str]) -> Page:
        """One page; raises Refused for parameters that the registry would not take."""
        size, start = parameters.page_size(params), offset_of(params.get("pageToken"))
        wants_total = parameters.flag(params, "countTotal") and start == 0
        encode = self.encoder(params)
        selected = self._selected(params)
        here = selected[start : start + size]
        return Page(
            rows=[encode(trial_id) for trial_id in here],
            total=len(selected) if wants_total else None,
            token=token_of(start + size) if len(here) == size else None,
        )

    def encoder(self, params: Mapping[str, str]) -> Callable[[str], bytes]:
        """What gives a trial's study as these parameters want it, stamped."""
        parameters.one_of(params.get("format", "json"), "format", frozenset({"json"}))
        is_legacy = _is_legacy(params)
        nodes = parameters.fields(params.get("fields"))
        stamped = self._published.release.stamped
        if nodes is None and not is_legacy:
            return lambda trial_id: stamped(self._published.body(trial_id))
        rows = self._remembered_rows(f"{is_legacy} {params.get('fields')}")
        mask = None if nodes is None else mask_of(nodes)
        return lambda trial_id: stamped(self._row(trial_id, rows, mask, is_legacy=is_legacy))

    def _row(self, trial_id: str, rows: dict[str, tuple[Json, bytes]], mask: Mask | None, *, is_legacy: bool) -> bytes:
        study = self._published.studies[trial_id]
        found = rows.get(trial_id)
        if found is None or found[0] is not study:
            kept = project(study, mask) or {}
            found = rows[trial_id] = (study, orjson.dumps(as_legacy(kept) if is_legacy else kept))
        return found[1]

    def _remembered_rows(self, key: str) -> dict[str, tuple[Json, bytes]]:
        rows = self._rows.setdefault(key, {})
        self._rows.move_to_end(key)
        if len(self._rows) > _MOST_REMEMBERED:
            self._rows.popitem(last=False)
        return rows

    def _selected(self, params: Mapping[str, str]) -> Sequence[str]:
        told = {name: text for name, text in params.items() if name not in _NOT_IN_SELECTION}
        key = (self._published.release.number, *sorted(told.items()))
        if key not in self._selections:
            self._selections[key] = self._select(told)
            if len(self._selections) > _MOST_REMEMBERED:
                self._selections.popitem(last=False)
        return self._selections[key]

    def _select(self, told: Mapping[str, str]) -> Sequence[str]:
        orders = parameters.orders(told.get("sort"))
        test = matcher(told)
        studies = self._published.studies
        chosen: Sequence[str] = self._published.order
        if test is not None:
            chosen = [trial_id for trial_id in chosen if test(studies[trial_id])]
        for order in reversed(orders):
            chosen = _sorted(chosen, studies, order)
        return chosen


def _sorted(trial_ids: Sequence[str], studies: Mapping[str, Json], order: Order) -> Sequence[str]:
    """By one field; those without it come last, and ties stay as they were."""
    found = {trial_id: next(values_at(studies[trial_id], order.path), None) for trial_id in trial_ids}
    there = [trial_id for trial_id in trial_ids if found[trial_id] is not None]
    there.sort(key=lambda trial_id: comparable(found[trial_id]), reverse=order.is_descending)
    return [*there, *(trial_id for trial_id in trial_ids if found[trial_id] is None)]


def _is_legacy(params: Mapping[str, str]) -> bool:
    known = frozenset({"markdown", "legacy"})
    return parameters.one_of(params.get("markupFormat", "markdown"), "markupFormat", known) == "legacy"


def token_of(offset: int) -> str:
    """What stands for a place in a list; opaque to clients."""
    return base64.urlsafe_b64encode(b"sim%d" % offset).decode().rstrip("=")


def offset_of(token: str | None) -> int:
    """The place that a token stands for; the beginning without one."""
    if token is None:
        return 0
    try:
        plain = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        return int(plain.removeprefix(b"sim")) if plain.startswith(b"sim") else int(b"")
    except (ValueError, binascii.Error) as err:
        raise Refused(f"Invalid value in parameter `pageToken`: `{token}`") from err
