"""The rows of the bench for CPython's queues between two processes: `queues.py ROW ROUNDS METHOD` prints a JSON list."""

import json
import multiprocessing
import sys

from pool import clock

ROUND_TRIPS = 5000


def source(counts, items, size):
    """For each number that comes, so many items go back, until 0 comes."""
    item = b"\1" * size
    while count := counts.get():
        for _ in range(count):
            items.put(item)


def echo(there, back):
    while (item := there.get()) is not None:
        back.put(item)


def one_way(size, count):
    def measure(context, rounds):
        counts = context.Queue()
        items = context.Queue()
        child = context.Process(target=source, args=(counts, items, size))
        child.start()

        def run():
            counts.put(count)
            for _ in range(count):
                items.get()

        run()
        figures = [clock(run) for _ in range(rounds)]
        counts.put(0)
        child.join()
        return figures

    return measure


def round_trip(context, rounds):
    there = context.Queue()
    back = context.Queue()
    child = context.Process(target=echo, args=(there, back))
    child.start()

    def run():
        for i in range(ROUND_TRIPS):
            there.put(i)
            back.get()

    run()
    figures = [clock(run) for _ in range(rounds)]
    there.put(None)
    child.join()
    return figures


ROWS = {
    "queue-round-trip": round_trip,
    "queue-64": one_way(64, 50_000),
    "queue-4k": one_way(4096, 20_000),
    "queue-1m": one_way(1024 * 1024, 200),
}

if __name__ == "__main__":
    row, rounds, method = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    print(json.dumps(ROWS[row](multiprocessing.get_context(method), rounds)))
