"""The rows of the bench for CPython's shared values and arrays: `ctypes_rows.py ROW ROUNDS METHOD` prints a JSON list."""

import json
import multiprocessing
import sys

from pool import clock

INCREMENTS = 100_000
ITEMS = 100_000
NUMBERS = 1_000_000

shared = None


def share(obj):
    """Shared objects travel when a process is started, and not later."""
    global shared
    shared = obj


def increment(times):
    counter = shared
    for _ in range(times):
        with counter:
            counter.value += 1


def fill(part):
    """Its part of the array, item by item."""
    array = shared
    for i in range(*part):
        array[i] = i * 0.5


def fill_slice(part):
    """The same in one piece."""
    start, stop = part
    shared[start:stop] = [i * 0.5 for i in range(start, stop)]


def nothing(_):
    pass


def with_pool(context, processes, obj, run, rounds):
    with context.Pool(processes, share, (obj,)) as pool:
        pool.map(nothing, range(processes), 1)
        run(pool)
        return [clock(lambda: run(pool)) for _ in range(rounds)]


def value_alone(context, rounds):
    share(context.Value("i", 0))
    increment(INCREMENTS)
    return [clock(lambda: increment(INCREMENTS)) for _ in range(rounds)]


def value_4(context, rounds):
    counter = context.Value("i", 0)
    figures = with_pool(context, 4, counter, lambda pool: pool.map(increment, [INCREMENTS // 4] * 4, 1), rounds)
    assert counter.value == INCREMENTS * (rounds + 1)
    return figures


def filled(length, processes, f, total):
    step = length // processes
    parts = [(step * i, step * (i + 1)) for i in range(processes)]

    def measure(context, rounds):
        array = context.Array("d", length, lock=False)

        def run(pool):
            pool.map(f, parts, 1)
            assert total(array) == length * (length - 1) / 4

        return with_pool(context, processes, array, run, rounds)

    return measure


ROWS = {
    "value-alone": value_alone,
    "value-4": value_4,
    "array-items": filled(ITEMS, 2, fill, sum),
    "array-sum-2": filled(NUMBERS, 2, fill_slice, lambda array: sum(array[:])),
    "array-sum-4": filled(NUMBERS, 4, fill_slice, lambda array: sum(array[:])),
}

if __name__ == "__main__":
    row, rounds, method = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    print(json.dumps(ROWS[row](multiprocessing.get_context(method), rounds)))
