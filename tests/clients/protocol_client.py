#!/usr/bin/env python3
"""A client of the native log protocol, written from docs/protocol.md alone.

protocol_client.py SOCKET COUNT [CUT]: sends COUNT records over a Unix socket; with CUT it breaks its connection after
that many bytes, connects again and goes on. Prints what it was told at last, and how often it connected.
"""
import os
import socket
import struct
import sys
import time

HELLO, WELCOME, BATCH, ACK, REPORT, GOODBYE, ERROR = range(1, 8)


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def string(text):
    data = text.encode()
    return varint(len(data)) + data


def attributes(values):
    out = varint(len(values))
    for key, value in values.items():
        out += string(key)
        out += b"\x01" + string(value) if isinstance(value, str) else b"\x04" + varint((value << 1) ^ (value >> 63))
    return varint(len(out)) + out


def record(number, gap=0):
    content = varint(gap) + varint(0) + struct.pack("<BBq", 9, 0, time.time_ns())
    content += string(f"record {number}") + attributes({"number": number, "language": "python"})
    return varint(len(content)) + content


def batch(first, count):
    resource = attributes({"service.name": "protocol-client", "process.pid": os.getpid()})
    return (b"\x01" + varint(1) + resource + varint(count)
            + b"".join(record(number) for number in range(first, first + count)))


class Link:
    def __init__(self, path, cut):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self.left = cut
        self.write(b"\xC1CLOG\x01\x00\x00")

    def write(self, data):
        if self.left is not None and len(data) > self.left:
            self.socket.sendall(data[:self.left])
            self.socket.close()
            raise ConnectionError("cut by intent")
        if self.left is not None:
            self.left -= len(data)
        self.socket.sendall(data)

    def send(self, kind, payload):
        self.write(struct.pack("<IBBH", len(payload), kind, 0, 0) + payload)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError("the collector closed")
            data += part
        return data

    def receive(self):
        length, kind, _, _ = struct.unpack("<IBBH", self.exactly(8))
        payload = self.exactly(length)
        if kind == ERROR:
            sys.exit("refused: " + payload.decode())
        return kind, payload


class Session(Link):
    def __init__(self, path, producer, epoch, cut):
        super().__init__(path, cut)
        self.send(HELLO, producer + struct.pack("<Q", epoch))
        kind, payload = self.receive()
        assert kind == WELCOME, (kind, payload)
        self.durable, self.batch_bytes_max = struct.unpack("<QI", payload)


def main(path, total, cut=None):
    producer, epoch, connects = os.urandom(16), time.time_ns(), 0
    while True:
        connects += 1
        try:
            session = Session(path, producer, epoch, cut)
            cut = None
            first = session.durable + 1
            while first <= total:
                count = min(100, total - first + 1)
                session.send(BATCH, struct.pack("<Q", first) + batch(first, count))
                first += count
            acknowledged = session.durable
            while acknowledged < total:
                kind, payload = session.receive()
                assert kind == ACK, kind
                acknowledged, = struct.unpack("<Q", payload)
            session.send(GOODBYE, struct.pack("<7Q", total, 0, 0, 0, 0, 0, 0))
            kind, payload = session.receive()
            print(f"acknowledged={struct.unpack('<Q', payload)[0]} connects={connects} closed={session.socket.recv(1) == b''}")
            return
        except ConnectionError:
            cut = None


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
