"""The version, for the name of the package; `package_test` holds it to what the server says."""

VERSION = "0.1.0"
