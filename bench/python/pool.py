"""The rows of the bench for CPython's multiprocessing.Pool: `pool.py ROW ROUNDS METHOD` prints a JSON list of figures."""

import json
import multiprocessing
import os
import sys
import time

COUNT = 20_000


def square(x):
    return x * x


def echo(data):
    return data


def clock(run):
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def with_pool(run, warmup=1):
    """Runs `run(pool)` for every round on one pool of two, after a warm-up."""

    def measure(context, rounds):
        with context.Pool(2) as pool:
            for _ in range(warmup):
                run(pool)
            return [clock(lambda: run(pool)) for _ in range(rounds)]

    return measure


def apply_async(pool):
    results = [pool.apply_async(square, (i,)) for i in range(COUNT)]
    for result in results:
        result.get()


def imap(pool):
    for _ in pool.imap(square, range(COUNT)):
        pass


def imap_unordered(pool):
    for _ in pool.imap_unordered(square, range(COUNT)):
        pass


def map_20k(pool):
    pool.map(square, range(COUNT))


def map_1m(pool):
    pool.map(square, range(1_000_000))


def apply(pool):
    for i in range(1000):
        pool.apply(square, (i,))


BLOCK = bytes(1024 * 1024)


def buffers_there(pool):
    results = [pool.apply_async(len, (BLOCK,)) for _ in range(100)]
    for result in results:
        result.get()


def buffers_back(pool):
    results = [pool.apply_async(echo, (BLOCK,)) for _ in range(100)]
    for result in results:
        result.get()


def start(context, rounds):
    figures = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        pool = context.Pool(2)
        pool.map(square, range(2))
        figures.append((time.perf_counter() - begin) * 1000)
        pool.terminate()
        pool.join()
    return figures[1:]


def recycle(context, rounds):
    def run():
        with context.Pool(2, maxtasksperchild=1) as pool:
            pool.map(square, range(200), 1)

    return [clock(run) for _ in range(rounds)]


def memory(kind):
    """MiB of an idle worker: its resident set, or its share of it (PSS)."""

    def measure(context, rounds):
        with context.Pool(2) as pool:
            pool.map(square, range(100))
            time.sleep(0.5)
            pids = [child.pid for child in multiprocessing.active_children()]
            return [sum(kib(pid, kind) for pid in pids) / len(pids) / 1024 for _ in range(rounds)]

    return measure


def kib(pid, kind):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith(kind + ":"):
                return int(line.split()[1])
    raise KeyError(kind)


ROWS = {
    "apply_async": with_pool(apply_async),
    "imap": with_pool(imap),
    "imap_unordered": with_pool(imap_unordered),
    "map-20k": with_pool(map_20k, 3),
    "map-1m": with_pool(map_1m),
    "apply": with_pool(apply),
    "blocking-apply": with_pool(apply),
    "blocking-map-20k": with_pool(map_20k, 3),
    "buffers-there": with_pool(buffers_there),
    "buffers-back": with_pool(buffers_back),
    "start": start,
    "recycle": recycle,
    "memory-rss": memory("Rss"),
    "memory-pss": memory("Pss"),
}

if __name__ == "__main__":
    row, rounds, method = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    print(json.dumps(ROWS[row](multiprocessing.get_context(method), rounds)))
    sys.stdout.flush()
    os._exit(0)
