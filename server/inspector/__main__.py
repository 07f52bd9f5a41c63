"""`python -m server.inspector SOCKET [--workers N]`."""

import argparse
import asyncio

from server.inspector.process import main
from server.logs import start_log

parser = argparse.ArgumentParser(prog="python -m server.inspector", description="Reads strangers' documents.")
parser.add_argument("socket", help="path of the Unix socket to make")
parser.add_argument("--workers", type=int, default=2)
arguments = parser.parse_args()
start_log()
asyncio.run(main(arguments.socket, arguments.workers))
