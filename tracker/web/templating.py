"""The templates of pages and feeds, in which every value is text until a template says otherwise."""

from functools import cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tracker.domain import wording
from tracker.domain.safe_text import one_line
from tracker.web.static_files import static_path


@cache
def environment() -> Environment:
    """The one environment; a name that a template does not know is an error."""
    made = Environment(
        loader=PackageLoader("tracker.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static_path
    made.globals["day_tag"] = day_tag
    made.filters["count"] = wording.count
    made.filters["one_line"] = one_line
    made.filters["words"] = wording.words
    made.filters["minute"] = wording.minute
    made.filters["quoted"] = lambda text: quote(text, safe="")
    made.filters["web_address"] = web_address
    return made


def web_address(text: str) -> str | None:
    """``text`` where it is an address that a link may lead to, http or https; None for every other."""
    return text if text.lower().startswith(("https://", "http://")) else None


def day_tag(text: str | None) -> Markup:
    """A day as an element; a function, since pages say hundreds and a macro costs ten times as much."""
    said = escape(text or "")
    return Markup(f'<time class="day" datetime="{said}">{said}</time>') if said else Markup("-")
