"""Scans a folder with GitHub's custom patterns on Hyperscan, which GitHub runs them on, and writes what it finds.

The parts of a pattern are put together as in the tests of github.com/advanced-security/secret-scanning-custom-patterns.
"""

import json
import os
import sys

import hyperscan

patterns, folder, report = sys.argv[1:]
findings = []
for pattern in json.load(open(patterns, encoding="utf-8"))["patterns"]:
    parts = (pattern["start_delimiter"], pattern["pattern"], pattern["end_delimiter"])
    whole, secret = hyperscan.Database(), hyperscan.Database()
    whole.compile(["".join(f"({part})" for part in parts).encode()], flags=hyperscan.HS_FLAG_SOM_LEFTMOST)
    secret.compile([pattern["pattern"].encode()], flags=hyperscan.HS_FLAG_SOM_LEFTMOST)
    for path, _, files in os.walk(folder):
        for file in files:
            with open(os.path.join(path, file), "rb") as opened:
                text = opened.read()
            matches = []
            whole.scan(text, match_event_handler=lambda _, start, end, *rest: matches.append((start, end)))
            for start, end in matches:
                around = text[start:end]
                secret.scan(
                    around,
                    match_event_handler=lambda _, start, end, *rest: findings.append(
                        {
                            "name": pattern["name"],
                            "file": os.path.join(path, file),
                            "secret": around[start:end].decode(),
                        }
                    ),
                )
with open(report, "w", encoding="utf-8") as opened:
    json.dump(findings, opened)
