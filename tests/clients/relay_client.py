#!/usr/bin/env python3
"""A relay that speaks the native log protocol, written from docs/protocol.md alone.

relay_client.py SOCKET COUNT [CUT]: relays COUNT records of each of two producers over a Unix socket; with CUT it breaks
its connection after that many bytes, connects again and goes on. Prints what it was told at last, and how often it
connected.
"""
import os
import struct
import sys
import time

from protocol_client import ACK, Link, attributes, batch

RELAY_HELLO, RELAY_WELCOME, RELAY_PRODUCER, RELAY_BATCH, RELAY_REPORT = range(8, 13)
BATCH_RECORDS = 50


def main(path, total, cut=None):
    relay, member, epoch = os.urandom(16), 1, time.time_ns()
    producers = [os.urandom(16), os.urandom(16)]
    origin = attributes({"input": "far", "peer.user": "alice"})
    # Each batch has a number; those of the two producers alternate.
    batches = [(slot, first, min(BATCH_RECORDS, total - first + 1))
               for first in range(1, total + 1, BATCH_RECORDS) for slot in (0, 1)]
    acknowledged, connects = 0, 0
    while True:
        connects += 1
        try:
            link = Link(path, cut)
            cut = None
            link.send(RELAY_HELLO, b"\x01" + relay + struct.pack("<Q", member) + "python".encode())
            kind, payload = link.receive()
            assert kind == RELAY_WELCOME and payload[0] == 1, (kind, payload)
            for slot, producer in enumerate(producers):
                link.send(RELAY_PRODUCER, struct.pack("<I", slot) + producer + struct.pack("<Q", epoch) + origin)
            for number, (slot, first, count) in enumerate(batches, start=1):
                if number > acknowledged:
                    link.send(RELAY_BATCH, struct.pack("<IQQ", slot, number, first) + batch(first, count))
            while acknowledged < len(batches):
                kind, payload = link.receive()
                assert kind == ACK, kind
                acknowledged, = struct.unpack("<Q", payload)
            report = struct.pack("<7Q", total + 3, 0, 0, 3, 0, 0, 0)
            link.send(RELAY_REPORT, producers[0] + struct.pack("<Q", epoch) + report)
            link.socket.shutdown(1)
            link.receive()
            print(f"acknowledged={acknowledged} connects={connects} closed={link.socket.recv(1) == b''}")
            return
        except ConnectionError:
            cut = None


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
