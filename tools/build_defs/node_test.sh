#!/bin/bash
# Runs a file of tests of node:test. The folder of the runfiles is where its modules are.
exec node --preserve-symlinks --preserve-symlinks-main "$1"
