#!/usr/bin/env python3
"""Writes JSON lines and plain lines to a collector's Unix socket, with nothing but Python's own library.

sensors.py SOCKET [SECONDS]: one measurement about every fifth of a second, for so long, or until it is stopped.
"""
import json
import math
import random
import socket
import sys
import time


def connect(path):
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(path)
            return connection
        except OSError:
            connection.close()
            time.sleep(0.2)


def line(count):
    degrees = round(21 + 4 * math.sin(count / 20) + random.random(), 2)
    if count % 10 == 0:
        return f"INFO sensors: {count} measurements so far"
    level = "error" if degrees > 25.5 else "warn" if degrees > 24.5 else "info"
    return json.dumps({
        "time": time.time_ns() // 1_000_000, "level": level, "service": "sensors", "msg": f"kitchen has {degrees} degrees",
        "room": "kitchen", "degrees": degrees,
    })


def main(path, seconds):
    connection, end, count = connect(path), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        count += 1
        text = (line(count) + "\n").encode()
        try:
            connection.sendall(text)
        except OSError:
            # Lines have no acknowledgement: what was on its way when the collector went is lost. This one is not.
            connection = connect(path)
            connection.sendall(text)
        time.sleep(0.2)
    # Closing both ways in order: the collector reads to the end before the program is gone.
    connection.shutdown(socket.SHUT_WR)
    connection.recv(1)


if len(sys.argv) < 2:
    sys.exit(__doc__)
try:
    main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else math.inf)
except KeyboardInterrupt:
    pass
