import { AssertionError } from '../errors';
import { signature } from '../util/keywords';
import { type_name } from '../util/repr';
import { checkName } from './process_object';
import type { Work } from './work';

type Given = Record<'group' | 'target' | 'name' | 'args' | 'kwargs' | 'daemon', unknown>;

/** The parameters of Process, in Python's order. */
const bindProcess = signature({
  name: 'Process',
  defaults: (): Given => ({
    group: null,
    target: null,
    name: null,
    args: null,
    kwargs: null,
    daemon: null,
  }),
  keywordOnly: ['daemon'],
  objects: ['kwargs'],
});

export interface Made {
  /** `null`: it is to get one by its number. */
  readonly name: string | null;
  /** `null`: as the process that makes it. */
  readonly daemon: boolean | null;
  readonly work: Work;
}

/**
 * @throws AssertionError for a group, or a name that is no string.
 * @throws TypeError for a target that is no function, and args or kwargs that are none.
 */
export function processOf(args: readonly unknown[]): Made {
  const given = bindProcess(args);
  if (given.group !== null) throw new AssertionError('group argument must be None for now');
  const { name, daemon, kwargs } = given;
  const keywords = kwargs === null ? {} : keywordsOf(kwargs);
  const positional = given.args === null ? [] : [...checkIterable(given.args)];
  return {
    name: name === null || name === '' ? null : checkName(name),
    daemon: daemon === null ? null : Boolean(daemon),
    work: {
      target: checkTarget(given.target),
      args: Object.keys(keywords).length === 0 ? positional : [...positional, keywords],
    },
  };
}

/** Python finds out in the child. */
function checkTarget(target: unknown): Work['target'] {
  if (target === null) return null;
  if (typeof target !== 'function') throw new TypeError(`'${type_name(target)}' object is not callable`);
  return target as NonNullable<Work['target']>;
}

function checkIterable(args: unknown): Iterable<unknown> {
  if (typeof (Object(args) as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') {
    throw new TypeError(`'${type_name(args)}' object is not iterable`);
  }
  return args as Iterable<unknown>;
}

function keywordsOf(kwargs: unknown): object {
  if (typeof kwargs !== 'object') throw new TypeError(`'${type_name(kwargs)}' object is not a mapping`);
  return kwargs instanceof Map ? (Object.fromEntries(kwargs) as object) : { ...kwargs };
}
