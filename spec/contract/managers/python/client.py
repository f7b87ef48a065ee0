"""A client in Python of a manager in Node: runs scenarios, prints what it has seen as JSON."""
import json
import multiprocessing
import sys
import threading
from multiprocessing.managers import BaseManager, IteratorProxy, RemoteError, dispatch

AUTHKEY = b'secret'


class Own(BaseManager):
    pass


Own.register('Counter')
Own.register('Pair', exposed=('first', '_second'))
Own.register('Iterator', proxytype=IteratorProxy, create_method=False)


def connect(port, authkey=AUTHKEY):
    manager = Own(('127.0.0.1', port), authkey)
    manager.connect()
    return manager


def raised(call):
    try:
        return {'value': repr(call())}
    except Exception as error:
        return {'type': type(error).__name__, 'text': str(error), 'args': repr(error.args)}


def methods(port):
    counter = connect(port).Counter(5)
    return [counter.increment(), counter.increment(), type(counter).__name__, hasattr(counter, '_hidden')]


def values(port):
    counter = connect(port).Counter()
    sent = [None, True, 1, 2**70, -1.5, 'ä€😀', b'\x00\xff', [1, [2]], (1, (2,)), {'a': 1, 2: 'b'}, {1, 2}, frozenset([3])]
    return [repr(counter.echo(each)) == repr(each) for each in sent]


def keywords(port):
    counter = connect(port).Counter(start=2, step=3)
    return [counter.increment(), raised(lambda: connect(port).Counter(stop=1)), raised(lambda: counter.add(number=4)),
            raised(lambda: counter.add(wrong=4)), repr(counter.options(1, a=2))]


def errors(port):
    counter = connect(port).Counter()
    return [raised(counter.fail), raised(counter.fail_own), raised(counter.unpicklable), raised(counter.increment),
            raised(lambda: counter._callmethod('_hidden')), raised(lambda: connect(port).Nothing),
            raised(lambda: connect(port)._create('nothing'))]


def iterators(port):
    return list(connect(port).Counter().numbers())


def nested(port):
    manager = connect(port)
    keeper, counter = manager.Counter(), manager.Counter(10)
    keeper.keep(counter)
    counter.increment()
    del counter
    return [keeper.increment_kept(), keeper.give_kept().increment()]


def references(port):
    manager = connect(port)
    before = manager._number_of_objects()
    counter = manager.Counter()
    during = manager._number_of_objects()
    info = manager._debug_info().split('\n')[0].split(':')[1].strip()
    del counter
    return [before, during, info, manager._number_of_objects()]


def threads(port):
    counter = connect(port).Counter()
    names = []
    each = [threading.Thread(target=lambda: names.append(counter.caller())) for _ in range(3)]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join()
    return [len(set(names)), counter.caller(), sorted(names)[0].split('|')[0]]


def wrong_key(port):
    return [raised(lambda: connect(port, b'wrong'))]


def crowd(port):
    manager = connect(port)
    counter = manager.Counter()
    each = [threading.Thread(target=lambda: [counter.increment() for _ in range(20)]) for _ in range(25)]
    for thread in each:
        thread.start()
    for thread in each:
        thread.join()
    return counter.increment()


def shutdown(port):
    manager = connect(port)
    connection = manager._Client(manager.address, authkey=AUTHKEY)
    return [dispatch(connection, None, 'shutdown')]


if __name__ == '__main__':
    multiprocessing.current_process().authkey = AUTHKEY
    seen = {}
    for scenario in sys.argv[2:]:
        seen[scenario] = globals()[scenario](int(sys.argv[1]))
    print(json.dumps(seen))
