"""mllp.py -- the plainest MLLP client, for tests that need every byte."""
import socket

VT, END = b"\x0b", b"\x1c\r"


def frame(message):
    return VT + message + END


def read_ack(connection):
    """One ACK without its framing; raises ConnectionError if there is none."""
    data = b""
    while END not in data:
        part = connection.recv(65536)
        if not part:
            raise ConnectionError("closed without an ACK")
        data += part
    return data[1:data.index(END)].decode("utf-8", "replace")


def connect(port, seconds=30):
    connection = socket.create_connection(("127.0.0.1", port), seconds)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def send(port, message, seconds=30):
    """One message on a connection of its own; the ACK."""
    with connect(port, seconds) as connection:
        connection.sendall(frame(message))
        return read_ack(connection)
