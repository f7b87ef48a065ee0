import { format } from 'node:util';
import { ValueError } from './util/exceptions';
import * as sink from './util/log';
import { LogLevel, type LogHandler } from './util/log';
import { repr, type_name } from './util/repr';

export { LogLevel };
export type { LogHandler, LogRecord } from './util/log';

/** Python's level names and numbers. */
export type Level = number | keyof typeof LogLevel;

/**
 * The logger of this package, made by {@link get_logger}. Its methods are those of Python's `logging.Logger` that
 * such code uses; messages take `%s` and `%d` with arguments after them.
 *
 * It is no part of a logging system: what it says goes to the handlers that were added, in Python's manner. A
 * handler is a function here.
 */
export class Logger {
  readonly name = 'multiprocessing';

  /** The level set; 0 when none is. */
  get level(): number {
    return sink.getThreshold();
  }

  /**
   * From which level on something is said.
   *
   * @throws ValueError for a name that is no level.
   */
  setLevel(level: Level): void {
    sink.setThreshold(toLevel(level));
  }

  /** The level that holds: with none set, `WARNING`. */
  getEffectiveLevel(): number {
    return sink.effectiveLevel();
  }

  isEnabledFor(level: Level): boolean {
    return toLevel(level) >= sink.effectiveLevel();
  }

  /** Hands every record of a sufficient level to `handler`. A handler added twice is called once. */
  addHandler(handler: LogHandler): void {
    sink.addHandler(handler);
  }

  removeHandler(handler: LogHandler): void {
    sink.removeHandler(handler);
  }

  log(level: Level, message: string, ...args: readonly unknown[]): void {
    const number = toLevel(level);
    if (sink.enabled(number)) sink.log(number, args.length === 0 ? message : format(message, ...args));
  }

  debug(message: string, ...args: readonly unknown[]): void {
    this.log(LogLevel.DEBUG, message, ...args);
  }

  info(message: string, ...args: readonly unknown[]): void {
    this.log(LogLevel.INFO, message, ...args);
  }

  warning(message: string, ...args: readonly unknown[]): void {
    this.log(LogLevel.WARNING, message, ...args);
  }

  error(message: string, ...args: readonly unknown[]): void {
    this.log(LogLevel.ERROR, message, ...args);
  }

  critical(message: string, ...args: readonly unknown[]): void {
    this.log(LogLevel.CRITICAL, message, ...args);
  }
}

const logger = new Logger();

/**
 * The logger that this package writes to: when workers start and end, what is retried, what is ignored. Silent until
 * a handler is added or {@link log_to_stderr} is called.
 *
 * @example
 * const logger = get_logger();
 * logger.setLevel('INFO');
 * logger.addHandler((record) => myLog(record.levelname, record.message));
 */
export function get_logger(): Logger {
  return logger;
}

/**
 * Writes the log to stderr as `[INFO/MainProcess] message`, from `level` on, and returns the logger. Workers started
 * afterwards do the same. Called again it changes the level; Python writes every line twice then.
 *
 * @throws ValueError for a name that is no level.
 * @example
 * log_to_stderr('DEBUG').info('starting');
 */
export function log_to_stderr(level: Level | null = null): Logger {
  if (level !== null && level !== 0) logger.setLevel(level);
  sink.addHandler(sink.writeToStderr);
  return logger;
}

function toLevel(level: unknown): number {
  if (typeof level === 'number' && Number.isInteger(level)) return level;
  if (typeof level === 'string') {
    const number = (LogLevel as Readonly<Record<string, number>>)[level];
    if (number === undefined) throw new ValueError(`Unknown level: ${repr(level)}`);
    return number;
  }
  throw new TypeError(`Level not an integer or a valid string: ${repr(level)} (${type_name(level)})`);
}
