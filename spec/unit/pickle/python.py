"""The other half of the specs: values of Python as text that both sides can write, and their pickles."""
import collections, copyreg, datetime, array, io, json, pickle, pickletools, queue, struct, sys, threading
from collections import OrderedDict
from datetime import date, time, timedelta, timezone
from multiprocessing.context import AuthenticationError, BufferTooShort, ProcessError
from multiprocessing.managers import RemoteError, Token
from multiprocessing.pool import rebuild_exc


def show(value, strict, depth=0):
    """Of a float with no fraction JavaScript does not know that it is one: `strict` shows it."""
    def each(items):
        return [show(item, strict, depth + 1) for item in items]

    if depth > 40:
        return '...'
    kind = type(value)
    if value is None or kind is bool:
        return str(value)
    if kind is int:
        return '%x' % value
    if kind is float:
        exact = value == value and abs(value) < 2**53 and value == int(value) and not (value == 0 and str(value)[0] == '-')
        if exact and not strict:
            return '%x' % int(value)
        return 'float ' + ('nan' if value != value else struct.pack('>d', value).hex())
    if kind is str:
        return "'" + value.encode('utf-16-be', 'surrogatepass').hex() + "'"
    if kind in (bytes, bytearray):
        return kind.__name__ + ' ' + bytes(value).hex()
    if kind is list:
        return '[' + ', '.join(each(value)) + ']'
    if kind is tuple:
        return '(' + ', '.join(each(value)) + ')'
    if isinstance(value, dict):
        return '{' + ', '.join(show(k, strict, depth + 1) + ': ' + show(v, strict, depth + 1) for k, v in value.items()) + '}'
    if kind in (set, frozenset):
        return kind.__name__ + ' ' + ', '.join(sorted(each(value)))
    if kind is timedelta:
        return 'timedelta %d %d %d' % (value.days, value.seconds, value.microseconds)
    if kind is timezone:
        name = value.tzname(None)
        given = name if value.__getinitargs__()[1:] else None
        return 'timezone (' + show(value.utcoffset(None), strict) + ' ' + str(given) + ')'
    if kind is datetime.datetime:
        zone = '' if value.tzinfo is None else ' ' + show(value.tzinfo, strict)
        return 'datetime ' + value.replace(tzinfo=None, microsecond=0).isoformat() + ' %d %d' % (value.microsecond, value.fold) + zone
    if kind is date:
        return 'date ' + value.isoformat()
    if kind is time:
        zone = '' if value.tzinfo is None else ' ' + show(value.tzinfo, strict)
        return 'time ' + value.replace(tzinfo=None, microsecond=0).isoformat() + ' %d %d' % (value.microsecond, value.fold) + zone
    if kind is array.array:
        return 'array %d %s' % (value.itemsize, value.tobytes().hex())
    if isinstance(value, BaseException):
        cause = '' if value.__cause__ is None else ' from ' + str(value.__cause__)
        return '%s.%s %s %s%s' % (kind.__module__, kind.__qualname__, show(value.args, strict), show(value.__dict__, strict), cause)
    if kind is Token:
        return 'Token %s %s %s' % (value.typeid, value.address, value.id)
    return '<%s>' % kind.__name__


def dumped(expression):
    value = eval(expression)
    pickles = {}
    for protocol in range(min(5, pickle.HIGHEST_PROTOCOL) + 1):
        try:
            for dump in (pickle._dumps, pickle.dumps):
                data = dump(value, protocol)
                # What protocol 2 cannot say, Python does not read either.
                pickles[data.hex()] = show(pickle.loads(data), False)
        except Exception:
            pass
    return list(pickles.items())


SAFE = {'builtins', '__builtin__', 'datetime', '_codecs', 'collections', 'array', 'copyreg', 'exceptions', 'queue', '_queue'}


class Unpickler(pickle.Unpickler):
    """What a spec of damaged pickles loads must not run anything here either."""
    def find_class(self, module, name):
        found = super().find_class(module, name)
        is_class = isinstance(found, type) and (issubclass(found, BaseException) or found in (set, frozenset, bytearray, bytes, object, list))
        if is_class or (module in SAFE and name in ('encode', 'datetime', 'date', 'time', 'timedelta', 'timezone', 'OrderedDict', 'array', '_array_reconstructor')):
            return found
        raise pickle.UnpicklingError("global '%s.%s' is forbidden" % (module, name))


def loaded(data, strict, safely):
    try:
        value = Unpickler(io.BytesIO(data)).load() if safely else pickle.loads(data)
        return {'shown': show(value, strict)}
    except BaseException as error:
        return {'error': type(error).__name__, 'text': str(error)}


if __name__ == '__main__':
    task = json.load(sys.stdin)
    if 'limit' in task:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (task['limit'], task['limit']))
    for setup in task.get('setup', []):
        exec(setup)
    out = {
        'dumped': [dumped(expression) for expression in task.get('dumps', [])],
        'loaded': [loaded(bytes.fromhex(data), True, False) for data in task.get('loads', [])],
        'judged': [loaded(bytes.fromhex(data), False, True) for data in task.get('judges', [])],
    }
    json.dump(out, sys.stdout)
