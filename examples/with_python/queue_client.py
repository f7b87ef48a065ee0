"""`queue_client.py PORT put WORD…` puts words into the queue of a queue server, `queue_client.py PORT get` takes one."""

import sys
from multiprocessing.managers import BaseManager


class QueueManager(BaseManager):
    pass


QueueManager.register("get_queue")

if __name__ == "__main__":
    port, what, *words = sys.argv[1:]
    manager = QueueManager(address=("127.0.0.1", int(port)), authkey=b"abracadabra")
    manager.connect()
    queue = manager.get_queue()
    if what == "put":
        for word in words:
            queue.put(word)
    else:
        print(queue.get(True, 10))
