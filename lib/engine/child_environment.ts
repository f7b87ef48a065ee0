/**
 * What of this process's own flags a child inherits. Loaders stay behind: a
 * worker never loads TypeScript and never runs the user's script, and a loader
 * would cost it a third of a second. Memory and resolution flags go along.
 */
const KEPT =
  /^--(max-|min-|stack-size|stack-trace-limit|initial-|semi-space|expose[-_]gc|harmony|conditions|preserve-symlinks|enable-source-maps|no-warnings|no-deprecation|trace-|throw-deprecation|unhandled-rejections|icu-data-dir|openssl|tls-|use-openssl-ca|use-bundled-ca|dns-result-order|v8-pool-size|zero-fill-buffers|secure-heap|experimental-vm-modules)|^-C$/;
const WITH_VALUE = new Set([
  '-C',
  '--conditions',
  '--unhandled-rejections',
  '--icu-data-dir',
  '--dns-result-order',
  '--allow-fs-read',
  '--allow-fs-write',
]);

/** Flags of node that are passed on: those that `kept` knows. */
export function childExecArgv(execArgv: readonly string[] = process.execArgv, kept = KEPT): string[] {
  const flags: string[] = [];
  for (let i = 0; i < execArgv.length; i++) {
    const flag = execArgv[i] as string;
    if (!kept.test(flag.replace(/_/g, '-'))) continue;
    flags.push(flag);
    const value = execArgv[i + 1];
    if (WITH_VALUE.has(flag) && value !== undefined) {
      flags.push(value);
      i++;
    }
  }
  return flags;
}

/** Under Yarn's Plug'n'Play packages lie in archives, and a hook finds and reads them: a worker needs it as well. */
export const packageHook = (): string[] =>
  process.versions.pnp === undefined ? [] : ['--require', require.resolve('pnpapi')];

/** The flags in NODE_OPTIONS. */
export function nodeOptions(env: NodeJS.ProcessEnv = process.env): string[] {
  return env.NODE_OPTIONS?.match(/"[^"]*"|\S+/g) ?? [];
}

/** The environment of a child: this process's, with NODE_OPTIONS cut to what is passed on. */
export function childEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const words = nodeOptions(env);
  return words.length === 0 ? env : { ...env, NODE_OPTIONS: childExecArgv(words).join(' ') };
}
