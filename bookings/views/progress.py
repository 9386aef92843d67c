"""How far long work has come: a page that looks again every other second until it is done."""

from flask import make_response, render_template
from werkzeug.wrappers import Response

from auth.access import needs
from auth.states import Role
from lararportal import edge
from lararportal.edge import Progress
from lararportal.errors import NotFound

PUBLISH = "lararportal.workers.publish_round"
"""What the worker calls it; this room may not import the workers."""

LOOK_AGAIN_SECONDS = 2


@needs(Role.COORDINATOR)
def progress(job_id: str) -> Response:
    """Where the publication of a round stands."""
    work = edge.work(job_id)
    if work.function != PUBLISH:
        raise NotFound
    page = make_response(render_template("bookings/progress.html", work=work, round_id=work.args[0]))
    page.headers["Cache-Control"] = "no-store"
    if work.progress in (Progress.QUEUED, Progress.WORKING):
        page.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return page


PAGES = (("/samordning/jobb/<job_id>", progress, ["GET"]),)
"""Address, view and methods."""
