"""`server` for gunicorn."""

from dashboard.app import create_app
from dashboard.settings import Settings

server = create_app(Settings()).server

# Dash sets itself up at the first request; a burst of first requests in a cold threaded worker
# can be answered with errors (plotly/dash#3971).
server.test_client().get("/")
