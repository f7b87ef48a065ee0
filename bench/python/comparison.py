"""The comparison in CPython: `comparison.py WORK KIND` prints the milliseconds that one kind of work took."""

import http.server
import json
import sys
import threading
import time
import urllib.request
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed

WORKERS = 4
EXECUTORS = {"processes": ProcessPoolExecutor, "threads": ThreadPoolExecutor}


def fib(n):
    return 1 if n <= 2 else fib(n - 1) + fib(n - 2)


def get(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def task(seconds):
    time.sleep(seconds)
    return 100


def parse(future):
    time.sleep(1)


def callbacks(waits):
    def run(executor):
        pool = executor(WORKERS)
        for seconds in waits:
            pool.submit(task, seconds).add_done_callback(parse)
        pool.shutdown(wait=True)

    return run


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.1)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_):
        pass


def io(executor):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    with executor(WORKERS) as pool:
        for future in as_completed([pool.submit(get, url + str(i)) for i in range(40)]):
            future.result()
    server.shutdown()


def cpu(executor):
    with executor(WORKERS) as pool:
        for value in pool.map(fib, [36] * 8):
            assert value == 14930352


if __name__ == "__main__":
    works = {"004a": callbacks([1, 2, 3, 4]), "004b": callbacks([5, 5, 5, 5]), "io": io, "cpu": cpu}
    work = works[sys.argv[1]]
    start = time.perf_counter()
    work(EXECUTORS[sys.argv[2]])
    print(json.dumps([(time.perf_counter() - start) * 1000]))
