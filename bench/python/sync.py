"""The rows of the bench for CPython's locks and their kin: `sync.py ROW ROUNDS METHOD` prints a JSON list of figures."""

import json
import multiprocessing
import sys

from pool import clock

INCREMENTS = 100_000
PASSES = 1000
ROUNDS = 1000

shared = ()


def share(*objects):
    """Locks travel when a process is started, and not later."""
    global shared
    shared = objects


def increment(times):
    lock, value = shared
    for _ in range(times):
        with lock:
            value.value += 1


def meet(passes):
    (barrier,) = shared
    for _ in range(passes):
        barrier.wait()


def answer(times):
    there, back = shared
    for _ in range(times):
        there.wait()
        there.clear()
        back.set()


def nothing(_):
    pass


def with_pool(processes, objects, run):
    def measure(context, rounds):
        with context.Pool(processes, share, objects(context)) as pool:
            pool.map(nothing, range(processes), 1)
            run(pool)
            return [clock(lambda: run(pool)) for _ in range(rounds)]

    return measure


def lock_alone(context, rounds):
    share(context.Lock(), context.RawValue("i"))
    increment(INCREMENTS)
    return [clock(lambda: increment(INCREMENTS)) for _ in range(rounds)]


def lock_and_value(context):
    return context.Lock(), context.RawValue("i")


def barrier_of_4(context):
    return (context.Barrier(4),)


def ping_pong(context, rounds):
    ping, pong = context.Event(), context.Event()

    def run(pool):
        answered = pool.apply_async(answer, (ROUNDS,))
        for _ in range(ROUNDS):
            ping.set()
            pong.wait()
            pong.clear()
        answered.get()

    return with_pool(1, lambda _: (ping, pong), run)(context, rounds)


ROWS = {
    "lock-alone": lock_alone,
    "lock-4": with_pool(4, lock_and_value, lambda pool: pool.map(increment, [INCREMENTS // 4] * 4, 1)),
    "barrier": with_pool(4, barrier_of_4, lambda pool: pool.map(meet, [PASSES] * 4, 1)),
    "event-ping-pong": ping_pong,
}

if __name__ == "__main__":
    row, rounds, method = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    print(json.dumps(ROWS[row](multiprocessing.get_context(method), rounds)))
