"""A client in Python of a manager in Node: runs scenarios, prints what it has seen as JSON."""
import json
import multiprocessing
import sys
import threading
import queue
from multiprocessing.managers import BaseManager, IteratorProxy, SyncManager, dispatch

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


# Of a SyncManager in Node.


def sync(port):
    manager = SyncManager(('127.0.0.1', port), AUTHKEY)
    manager.connect()
    return manager


def sync_dict(port):
    manager = sync(port)
    d = manager.dict({'a': 1}, b=2)
    d[3] = (1, [2])
    d['inner'] = manager.list([1])
    d['inner'].append(2)
    d.update(c=5)
    del d['b']
    missing = raised(lambda: d['nope'])
    return [sorted(map(str, d.keys())), list(d['inner']), d[3] == (1, [2]), 'a' in d, len(d), missing,
            sorted(map(str, d)), d.pop('c'), d.get('nope', 7), str(manager.dict(x=1))]


def sync_list(port):
    l = sync(port).list(range(5))
    l.append('x')
    l[1:3] = [9]
    l += [7, 8]
    l.reverse()
    return [l[:], l[0], l[-1], len(l), l.index('x'), raised(lambda: l[99]), [each for each in l], l + [1], l * 2 == l[:] * 2, str(l)]


def sync_queue(port):
    q = sync(port).Queue(2)
    q.put({'job': 1})
    q.put('two', block=True, timeout=45)
    full = raised(lambda: q.put(3, False))
    got = [q.get(), q.get(timeout=45)]
    try:
        q.get_nowait()
    except queue.Empty:
        got.append('empty')
    return [got, full['type'], q.qsize(), q.empty()]


def sync_locks(port):
    manager = sync(port)
    lock, rlock, event = manager.Lock(), manager.RLock(), manager.Event()
    seen = []

    def other():
        seen.append(rlock.acquire(False))
        lock.acquire()
        seen.append('got')
        lock.release()
        event.set()

    with rlock:
        rlock.acquire()
        lock.acquire()
        thread = threading.Thread(target=other)
        thread.start()
        while not seen:
            pass
        lock.release()
        event.wait(45)
        thread.join()
        rlock.release()
    return [seen, raised(lock.release), raised(rlock.release)]


def sync_condition(port):
    manager = sync(port)
    condition, values = manager.Condition(), manager.list()

    def other():
        with condition:
            values.append(1)
            condition.notify_all()

    with condition:
        thread = threading.Thread(target=other)
        thread.start()
        got = condition.wait_for(lambda: len(values) == 1, 45)
    thread.join()
    return [got, raised(lambda: condition.wait(0.01))]


def sync_others(port):
    manager = sync(port)
    namespace, value, array = manager.Namespace(a=1), manager.Value('i', 3), manager.Array('i', [1, 2])
    namespace.b = [2]
    value.value += 1
    array[0] = 5
    semaphore, barrier = manager.BoundedSemaphore(1), manager.Barrier(1)
    return [namespace.a, namespace.b, str(namespace), value.value, array[:].tolist(), len(array),
            semaphore.acquire(), raised(lambda: [semaphore.release(), semaphore.release()]), barrier.wait(), barrier.parties]


if __name__ == '__main__':
    multiprocessing.current_process().authkey = AUTHKEY
    seen = {}
    for scenario in sys.argv[2:]:
        seen[scenario] = globals()[scenario](int(sys.argv[1]))
    print(json.dumps(seen))
