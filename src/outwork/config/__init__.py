"""The wiring: settings, URLs and the WSGI application. Nobody imports it."""
