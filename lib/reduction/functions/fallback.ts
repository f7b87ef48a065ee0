import type { Trail } from '../graph/trail';
import { refuse } from '../graph/trail';
import type { Analysis } from './analysis';
import { analyze } from './analyze';
import { makeTextRecord, nameOf, type FunctionRecord } from './record';
import { EVERYWHERE } from './intrinsics';

/**
 * Where V8's scopes cannot be read (`--permission`, other runtimes), a function
 * travels as its source text, and must not name a variable of its surroundings.
 */
type Serialize = (value: unknown, options: { unsafe: boolean; ignoreFunction?: boolean }) => string;

const REASON = 'this process may not use the inspector, which reads the variables of functions';

/** @throws PicklingError that names the variable which is missing. */
export function recordByText(f: Function, trail: Trail | null): FunctionRecord {
  const analysis = analyzeText(f, trail);
  const missing = [...analysis.free.keys()].filter((name) => !isEverywhere(name));
  if (missing.length > 0) {
    const names = missing.map((name) => `'${name}'`).join(', ');
    const what = missing.length === 1 ? `variable ${names}` : `variables ${names}`;
    refuse(
      `function '${nameOf(f) || '<anonymous>'}' uses ${what}, and ${REASON}`,
      trail,
      'pass what it needs as arguments',
    );
  }
  if (analysis.isArrow && (analysis.usesThis || analysis.usesArguments)) {
    refuse(`an arrow function uses the \`this\` or \`arguments\` around it, and ${REASON}`, trail);
  }
  return makeTextRecord(f, analysis);
}

function analyzeText(f: Function, trail: Trail | null): Analysis {
  try {
    // It turns methods into functions, and refuses native ones.
    const serialize = require('serialize-javascript') as Serialize;
    return analyze(serialize(f, { unsafe: true }));
  } catch (error) {
    return refuse(`function '${nameOf(f)}' cannot be sent as text (${(error as Error).message})`, trail);
  }
}

const isEverywhere = (name: string): boolean => EVERYWHERE.has(name) || name === 'require';
