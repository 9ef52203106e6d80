"""Runs the program of the current folder as an inline one, which needs no language host: `drive.py preview`, `up`, …"""

import runpy
import sys

from pulumi import automation

# Beside the Pulumi.yaml that is there: `select_stack` would write another one.
workspace = automation.LocalWorkspace(work_dir=".", program=lambda: runpy.run_path("__main__.py"))
stack = automation.Stack.select("test", workspace)
try:
    getattr(stack, sys.argv[1])(on_output=lambda text: print(text, flush=True), color="never")
except automation.errors.CommandError:
    # What it says was printed.
    sys.exit(1)
