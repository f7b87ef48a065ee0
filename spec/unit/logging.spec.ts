import { get_logger, log_to_stderr, LogLevel, type LogRecord } from '../../lib/logging';
import { ValueError } from '../../lib/util/exceptions';
import * as sink from '../../lib/util/log';

const logger = get_logger();
let lines: string[] = [];
let stderr: jest.SpyInstance;

beforeEach(() => {
  lines = [];
  stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
});

afterEach(() => {
  stderr.mockRestore();
  sink.removeHandler(sink.writeToStderr);
  logger.setLevel('NOTSET');
});

test('nothing is said until someone listens', () => {
  logger.critical('help');
  sink.info('starting');
  expect(lines).toEqual([]);
  expect(sink.logSettings()).toBeNull();
});

test('log_to_stderr writes lines as Python does', () => {
  expect(log_to_stderr('INFO')).toBe(logger);
  logger.info('started %s with %d', 'it', 3);
  logger.debug('details');
  sink.info('child process calling self.run()');
  logger.log(25, 'odd');
  logger.log(35, 'unnamed');
  expect(lines).toEqual([
    '[INFO/MainProcess] started it with 3\n',
    '[INFO/MainProcess] child process calling self.run()\n',
    '[SUBWARNING/MainProcess] odd\n',
    '[Level 35/MainProcess] unnamed\n',
  ]);
});

test('without a level it starts at WARNING', () => {
  log_to_stderr();
  logger.info('no');
  logger.warning('yes');
  expect(lines).toEqual(['[WARNING/MainProcess] yes\n']);
  expect([logger.level, logger.getEffectiveLevel()]).toEqual([0, 30]);
});

test('called twice it still writes each line once', () => {
  log_to_stderr(LogLevel.INFO);
  log_to_stderr(LogLevel.DEBUG);
  logger.debug('once');
  expect(lines).toEqual(['[DEBUG/MainProcess] once\n']);
});

test('a handler is given the record', () => {
  const records: LogRecord[] = [];
  const handler = (record: LogRecord) => records.push(record);
  logger.addHandler(handler);
  logger.setLevel('SUBDEBUG');
  const before = Date.now() / 1000;
  sink.sub_debug('small');
  const after = Date.now() / 1000;
  logger.removeHandler(handler);
  sink.debug('unheard');
  expect(records).toMatchObject([
    { level: 5, levelname: 'SUBDEBUG', message: 'small', processName: 'MainProcess' },
  ]);
  expect(records[0]?.created).toBeGreaterThan(before - 1);
  expect(records[0]?.created).toBeLessThan(after + 1);
});

test('isEnabledFor compares with the level that holds', () => {
  expect([logger.isEnabledFor('INFO'), logger.isEnabledFor('ERROR')]).toEqual([false, true]);
});

test('an unknown level is refused', () => {
  expect(() => logger.setLevel('LOUD' as never)).toThrow(new ValueError("Unknown level: 'LOUD'"));
  expect(() => logger.setLevel(1.5)).toThrow(TypeError);
});

test('a worker takes over the settings of its parent', () => {
  log_to_stderr('DEBUG');
  const settings = sink.logSettings();
  expect(settings).toEqual({ level: 10, stderr: true });
  sink.removeHandler(sink.writeToStderr);
  logger.setLevel(0);
  sink.adoptLogSettings({ level: 10, stderr: true });
  sink.debug('here');
  expect(lines).toEqual(['[DEBUG/MainProcess] here\n']);
});
