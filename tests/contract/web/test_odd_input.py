"""Whatever stands in an address of a page or a feed, or in its form, the answer is no failure."""

import re
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import quote, urlencode, urlsplit

from fastapi.dependencies.models import Dependant

from tests.contract.web.lived_in import MAIN, lived_in
from tests.contract.web.site import CSRF, Site
from tests.contract.web.test_needs import addresses
from tracker.access.callers import Scope
from tracker.web.feeds.routes import feed_routes
from tracker.web.pages.rendering import Pages
from tracker.web.pages.routes import page_routes

ODD = ("\0", "//[", "9" * 40, "0001-01-01T00:00:00+23:59", "9999-12-31")
HELD = {"trial_id": MAIN, "name": "stale", "form": "atom", "position": "1", "run_id": "r1", "delivery_id": "1"}
OF_CHANGES = ("since", "field", "trial")
READ_BY_THE_PAGE = {
    "/changes": OF_CHANGES,
    "/feeds/changes.{form}": OF_CHANGES,
    "/stale": ("on", "within", "condition"),
    "/stale.ics": ("on", "within", "condition"),
    "/subscriptions": ("name", "to", "trials", "queries", "fields", "remind"),
    "/subscriptions/preview": ("editing", "name", "trials", "queries", "fields", "remind"),
    "/subscriptions/{name}/edit": ("to", "trials", "fields"),
}


def test_odd_input_is_no_failure(site: Site) -> None:
    """What no database holds, no calendar has, no address is, or no number reaches."""
    site.scope = Scope.ADMIN
    lived_in(site)
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=30)
    asked, failed = 0, []
    for method, path, form in questions(site):
        body = urlencode({"csrf": CSRF, **form}) if method == "POST" else None
        kind = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
        connection.request(method, path, body=body, headers=kind)
        reply = connection.getresponse()
        reply.read()
        asked += 1
        failed += [(reply.status, method, path, form)] if reply.status >= 500 else []
    connection.close()
    assert ([], True) == (failed, asked > 400)


def questions(site: Site) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Method, path and form, with one odd value in each."""
    for method, path, parameters in places(site):
        held = {name: HELD.get(name, "1") for name in re.findall(r"{(\w+)}", path)}
        there = path.format(**held)
        for odd in ODD:
            for name in held:
                yield method, path.format(**{**held, name: quote(odd, safe="")}), {}
            for name in parameters:
                one = {name: odd}
                yield (method, there, one) if method == "POST" else (method, f"{there}?{urlencode(one)}", {})


def places(site: Site) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Method, path and parameters of every page and feed that needs no token of a mail."""
    served = site.served()
    for folder, router in ("", page_routes(served, Pages(served))), ("/feeds", feed_routes(served)):
        for route in addresses(router.routes):
            path = f"{folder}{route.path_format}"
            if "{token}" not in path:
                own = (*parameters_of(route.dependant), *READ_BY_THE_PAGE.get(path, ()))
                yield min(route.methods or ()), path, own


def parameters_of(dependant: Dependant) -> Iterator[str]:
    """The names of what an address reads of the query or of a form."""
    yield from (field.alias for field in (*dependant.query_params, *dependant.body_params))
    for inner in dependant.dependencies:
        yield from parameters_of(inner)
