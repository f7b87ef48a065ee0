"""The rows of the bench for CPython's managers: `managers.py ROW ROUNDS METHOD` prints a JSON list of figures."""

import json
import multiprocessing
import sys
from multiprocessing.managers import BaseManager

from pool import clock

CALLS = 5000


class Counter:
    def __init__(self):
        self.count = 0

    def increment(self):
        self.count += 1
        return self.count


class CounterManager(BaseManager):
    pass


CounterManager.register("Counter", Counter)


def call(context, rounds):
    def run():
        for _ in range(CALLS):
            counter.increment()

    with CounterManager(ctx=context) as manager:
        counter = manager.Counter()
        run()
        return [clock(run) for _ in range(rounds)]


def queue(size, items):
    """What is put is taken out again, by the same process."""

    def measure(context, rounds):
        def run():
            for _ in range(items):
                queue.put(item)
                queue.get()

        with context.Manager() as manager:
            queue = manager.Queue()
            item = b"\1" * size
            run()
            return [clock(run) for _ in range(rounds)]

    return measure


ROWS = {
    "manager-call": call,
    "manager-queue-64": queue(64, 2000),
    "manager-queue-1m": queue(1024 * 1024, 100),
}

if __name__ == "__main__":
    row, rounds, method = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    print(json.dumps(ROWS[row](multiprocessing.get_context(method), rounds)))
