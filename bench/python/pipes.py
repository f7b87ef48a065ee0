"""The rows of the bench for CPython's pipes between two processes: `pipes.py ROW ROUNDS METHOD` prints a JSON list."""

import json
import multiprocessing
import sys

from pool import clock

ROUND_TRIPS = 5000


def echo(connection, other):
    other.close()
    try:
        while True:
            connection.send(connection.recv())
    except EOFError:
        pass


def source(connection, other, size):
    """For each number that comes, so many messages go back."""
    other.close()
    message = b"\1" * size
    try:
        while True:
            for _ in range(connection.recv()):
                connection.send(message)
    except EOFError:
        pass


def with_child(target, args, run):
    def measure(context, rounds):
        connection, theirs = context.Pipe()
        child = context.Process(target=target, args=(theirs, connection, *args))
        child.start()
        theirs.close()
        run(connection)
        figures = [clock(lambda: run(connection)) for _ in range(rounds)]
        connection.close()
        child.join()
        return figures

    return measure


def round_trip(connection):
    for i in range(ROUND_TRIPS):
        connection.send(i)
        connection.recv()


def one_way(size, count):
    def run(connection):
        connection.send(count)
        for _ in range(count):
            connection.recv()

    return with_child(source, (size,), run)


ROWS = {
    "pipe-round-trip": with_child(echo, (), round_trip),
    "pipe-64": one_way(64, 50_000),
    "pipe-4k": one_way(4096, 20_000),
    "pipe-1m": one_way(1024 * 1024, 200),
}

if __name__ == "__main__":
    row, rounds, method = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    print(json.dumps(ROWS[row](multiprocessing.get_context(method), rounds)))
