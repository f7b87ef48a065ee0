"""A manager of Python, for clients in Node: prints its port, serves until it is shut down."""
import multiprocessing
import queue
import sys
from multiprocessing.managers import BaseManager, SyncManager

AUTHKEY = b'secret'


class Counter:
    def __init__(self, start=0, *, step=1):
        self.value = start
        self.step = step
        self.kept = None

    def increment(self):
        self.value += self.step
        return self.value

    def echo(self, *args, **kwds):
        return args, kwds

    def fail(self):
        raise ValueError('boom', 1)

    def unpicklable(self):
        return lambda: 1

    def numbers(self):
        yield from range(3)

    def keep(self, proxy):
        self.kept = proxy

    def increment_kept(self):
        return self.kept.increment()

    def give_kept(self):
        return self.kept

    def _private(self):
        return 'private'


mailbox = queue.Queue()


class Own(BaseManager):
    pass


class Sync(SyncManager):
    pass


for manager in (Own, Sync):
    manager.register('Counter', Counter, method_to_typeid={'numbers': 'Iterator'})
    manager.register('get_mailbox', callable=lambda: mailbox)
Own.register('Iterator', exposed=('__next__', 'close'))

if __name__ == '__main__':
    multiprocessing.current_process().authkey = AUTHKEY
    server = {'own': Own, 'sync': Sync}[sys.argv[1]](('127.0.0.1', 0), AUTHKEY).get_server()
    print(server.address[1], flush=True)
    server.serve_forever()
