"""`server` for gunicorn."""

from dashboard.app import create_app
from dashboard.settings import Settings
from dashboard.web import logs

server = create_app(Settings()).server
logs.register(server)

# Dash sets itself up at the first request; several at once can fail in a cold threaded worker
# (plotly/dash#3971).
server.test_client().get("/")
