"""What the quarantine keeps of a refused input."""

from store.quarantine import Rejection
from tracker.source import Refusal


def rejection_of(refusal: Refusal, *, run_id: str) -> Rejection:
    """The refusal as the quarantine takes it, met in the run ``run_id``."""
    return Rejection(
        file=refusal.place.file,
        member=refusal.place.member,
        line=refusal.place.line,
        reason=refusal.reason,
        body=refusal.raw,
        size_bytes=refusal.size_bytes,
        sha256=refusal.sha256,
        run_id=run_id,
    )
