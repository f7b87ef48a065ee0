"""A queue for programs anywhere, in Python or TypeScript: `queue_server.py [PORT]`, then queue_client.py or
queue_client.ts."""

import sys
from multiprocessing.managers import BaseManager
from queue import Queue

queue = Queue()


class QueueManager(BaseManager):
    pass


QueueManager.register("get_queue", callable=lambda: queue)

if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 50000
    server = QueueManager(address=("127.0.0.1", port), authkey=b"abracadabra").get_server()
    print(f"serving at port {server.address[1]}", flush=True)
    server.serve_forever()
