"""The one list of the routes that are linked into the server."""

ROUTES = [
    "//routes/chat",
    "//routes/echo",
    "//routes/web",
]
