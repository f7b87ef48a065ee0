"""The rows of the bench for CPython's executors and ThreadPool: `executors.py ROW ROUNDS METHOD` prints a JSON list."""

import json
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.pool import ThreadPool

from pool import BLOCK, COUNT, apply, clock, echo, square


def processes(context):
    return ProcessPoolExecutor(2, mp_context=context)


def threads(context):
    return ThreadPoolExecutor(2)


def with_executor(make, run):
    """Runs `run(executor)` for every round on one executor of two, after a warm-up."""

    def measure(context, rounds):
        with make(context) as executor:
            run(executor)
            return [clock(lambda: run(executor)) for _ in range(rounds)]

    return measure


def with_threads(run):
    def measure(context, rounds):
        with ThreadPool(2) as pool:
            run(pool)
            return [clock(lambda: run(pool)) for _ in range(rounds)]

    return measure


def submit(executor):
    futures = [executor.submit(square, i) for i in range(COUNT)]
    for future in futures:
        future.result()


def map_chunks(executor):
    for _ in executor.map(square, range(COUNT), chunksize=100):
        pass


def start(make):
    def measure(context, rounds):
        figures = []
        for _ in range(rounds + 1):
            executor = None

            def run():
                nonlocal executor
                executor = make(context)
                futures = [executor.submit(square, 0), executor.submit(square, 1)]
                for future in futures:
                    future.result()

            figures.append(clock(run))
            executor.shutdown()
        return figures[1:]

    return measure


def apply_async(pool):
    results = [pool.apply_async(square, (i,)) for i in range(COUNT)]
    for result in results:
        result.get()


def buffers(function):
    def run(pool):
        results = [pool.apply_async(function, (BLOCK,)) for _ in range(100)]
        for result in results:
            result.get()

    return with_threads(run)


ROWS = {
    "submit": with_executor(processes, submit),
    "executor-map": with_executor(processes, map_chunks),
    "executor-start": start(processes),
    "threads-submit": with_executor(threads, submit),
    "threads-start": start(threads),
    "threads-apply_async": with_threads(apply_async),
    "threads-apply": with_threads(apply),
    "threads-map": with_threads(lambda pool: pool.map(square, range(COUNT))),
    "threads-buffers-there": buffers(len),
    "threads-buffers-back": buffers(echo),
}

if __name__ == "__main__":
    row, rounds, method = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    print(json.dumps(ROWS[row](multiprocessing.get_context(method), rounds)))
