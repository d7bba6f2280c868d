"""Sites near a point: ``distance(latitude,longitude,radius)`` in miles, or kilometres where it says so."""

import math
import re

from tracker.domain.record import Json, list_at, value_at
from tracker.simulator.essie import Matcher
from tracker.simulator.parameters import Refused

_DISTANCE = re.compile(r"distance\((-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?)(km|mi)?\)")
_EARTH_KM = 6371.0
_MILE_KM = 1.609344


def within(text: str) -> Matcher:
    """What decides whether a study has a site that near."""
    match = _DISTANCE.fullmatch(text)
    if match is None:
        raise Refused("Parameter `filter.geo` has incorrect format")
    lat, lon = float(match[1]), float(match[2])
    radius_km = float(match[3]) * (1 if match[4] == "km" else _MILE_KM)

    def matches(study: Json) -> bool:
        sites = list_at(study, "protocolSection", "contactsLocationsModule", "locations")
        points = [point for site in sites if (point := value_at(site, "geoPoint"))]
        return any(_distance_km(lat, lon, point["lat"], point["lon"]) <= radius_km for point in points)

    return matches


def _distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The great circle between two points, in degrees."""
    a, b = math.radians(lat), math.radians(other_lat)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))
