"""Tries a simulator as a client in another language would.

    cargo build -p nordnet-sim && python3 nordnet-sim/tests/python

Runs everything over TLS and everything without, at the same time.
"""

import argparse
import os
import subprocess
import sys
import unittest

import simulator
import test_waiting

MODULES = [
    "test_login",
    "test_rest",
    "test_orders",
    "test_order_types",
    "test_rules",
    "test_feeds",
    "test_faults",
    "test_readme",
    "test_waiting",
]


class Result(unittest.TextTestResult):
    """Tells what was tried in words."""

    def getDescription(self, test):
        name, _, sub = test.id().partition(" ")
        _, case, name = name.split(".")
        return f"{case.lower()}: {name.replace('test_', '', 1).replace('_', ' ')} {sub}".rstrip()


def main():
    parser = argparse.ArgumentParser(prog="python3 nordnet-sim/tests/python", description=__doc__.split("\n")[0])
    parser.add_argument("--binary", default=simulator.BINARY, help="the simulator [%(default)s]")
    parser.add_argument("--only", choices=["tls", "plain"], help="one of the two")
    parser.add_argument("--quick", action="store_true", help="leave out what takes half a minute")
    parser.add_argument("-k", metavar="PATTERN", help="only tests whose names hold it")
    options = parser.parse_args()
    if not os.path.exists(options.binary):
        sys.exit(f"{options.binary} is not there; cargo build -p nordnet-sim makes it")
    simulator.BINARY = options.binary
    if options.only:
        return run(options)
    both = [
        subprocess.Popen(
            [sys.executable, __file__, *sys.argv[1:], "--only", kind], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for kind in ("tls", "plain")
    ]
    # One after the other to the reader, whatever order they end in.
    for process in both:
        sys.stdout.buffer.write(process.communicate()[0])
    sys.exit(max(process.returncode for process in both))


def run(options):
    simulator.PLAIN = options.only == "plain"
    if not options.quick and not options.k:
        test_waiting.Challenge.begin()
    loader = unittest.TestLoader()
    if options.k:
        loader.testNamePatterns = [f"*{options.k}*"]
    # What has to wait comes last, when most of the time has passed.
    suite = [loader.loadTestsFromName(name) for name in MODULES]
    print(f"== {options.only}", flush=True)
    runner = unittest.TextTestRunner(sys.stdout, verbosity=2, resultclass=Result)
    sys.exit(not runner.run(unittest.TestSuite(suite)).wasSuccessful())


if __name__ == "__main__":
    main()
