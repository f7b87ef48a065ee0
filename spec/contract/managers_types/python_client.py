"""A client of the SyncManager at a path, or of one of its own: does what it can with every type, and prints what it sees."""
import json
import multiprocessing
import sys
import threading
from multiprocessing.managers import SyncManager

seen = {}


def case(name, call):
    try:
        value = call()
        seen[name] = value if isinstance(value, (int, float, str, type(None))) else repr(value)
    except Exception as error:
        seen[name] = '%s: %s' % (type(error).__name__, error)


multiprocessing.current_process().authkey = b'secret'
m = SyncManager(address=sys.argv[1] if len(sys.argv) > 1 else None, authkey=b'secret')
if len(sys.argv) > 1:
    m.connect()
else:
    m.start()

l = m.list([3, 1, 2])
case('list str', lambda: str(l))
l.append((1, 2.5, b'x', None, {1: [2]}, {3}, frozenset([4])))
case('list item', lambda: l[3])
case('list slice', lambda: l[::-2])
del l[1:3]
l[0:1] = [7, 8]
case('list after slices', lambda: l[:])
case('list index error', lambda: l[99])
case('list sort error', lambda: l.sort())
case('list +', lambda: m.list([1]) + [2])
case('list *', lambda: m.list([1]) * 2)
case('list iter', lambda: list(m.list([1, 2])))
case('list reversed', lambda: list(reversed(m.list([1, 2]))))
case('list pop error', lambda: m.list().pop())
case('list of list', lambda: m.list([m.list([1])])[0][0])
case('create error', lambda: 'not iterable' in str(m.list(5)))

d = m.dict({1: 'int', 'a': 'str'}, b=2)
case('dict str', lambda: str(d))
d[True] = 'bool'
d[(1, 'x')] = [1]
case('dict', lambda: d.copy())
case('dict key error', lambda: d['nope'])
case('dict unhashable', lambda: d[[1]])
case('dict items', lambda: d.items())
case('dict iter', lambda: list(d))
d.update(c=3)
case('dict len', lambda: len(d))
case('dict setdefault', lambda: d.setdefault('z', 5))
case('dict pop default', lambda: d.pop('nope', 7))
case('dict popitem', lambda: d.popitem())
it = iter(d)
d['new'] = 1
case('dict changed', lambda: next(it))

ns = m.Namespace(x=1)
ns.y = (1, 2)
case('namespace', lambda: str(ns))
case('namespace y', lambda: ns.y)
del ns.x
case('namespace missing', lambda: ns.x)

q = m.Queue(maxsize=1)
q.put({'a': [1]}, timeout=45)
case('queue full', lambda: q.put(1, block=False))
case('queue get', lambda: q.get(block=True, timeout=45))
case('queue empty', lambda: q.get_nowait())
case('queue timeout', lambda: q.get(timeout=0.05))
case('queue bad keyword', lambda: q.get(nope=1))
case('queue join', lambda: (q.task_done(), q.join()))

lock = m.RLock()
lock.acquire()
lock.acquire()
other = []
thread = threading.Thread(target=lambda: other.append(lock.acquire(False)))
thread.start()
thread.join()
case('rlock is owned by its thread', lambda: other)
lock.release()
lock.release()
case('rlock release', lambda: lock.release())
case('lock release', lambda: m.Lock().release())
case('semaphore', lambda: [m.Semaphore(0).acquire(False), m.BoundedSemaphore(value=1).acquire(timeout=45)])
case('bounded', lambda: m.BoundedSemaphore().release())

c = m.Condition()
state = []


def waiter():
    with c:
        c.wait_for(lambda: state, timeout=45)
        state.append('woken')


thread = threading.Thread(target=waiter)
thread.start()
while not state:
    with c:
        state.append('set')
        c.notify_all()
thread.join()
case('condition', lambda: state)
case('condition without lock', lambda: c.wait())
case('condition of a lock', lambda: m.Condition(m.Lock()).acquire())

e = m.Event()
case('event', lambda: [e.wait(0.01), e.set(), e.wait()])
b = m.Barrier(1)
case('barrier', lambda: [b.wait(), b.parties, b.n_waiting, b.broken])
b.abort()
case('barrier broken', lambda: b.wait())

v = m.Value('i', 4)
v.value = 'x'
case('value', lambda: [v.value, str(v)])
a = m.Array('i', [1, 2, 3])
a[0] = 9
case('array', lambda: [a[0], len(a), a[1:], str(a)])
case('array error', lambda: a.__setitem__(0, 'x'))

print(json.dumps(seen))
