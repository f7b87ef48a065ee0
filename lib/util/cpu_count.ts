import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Where the limits of a container are read from; another one in tests. */
export type ReadText = (path: string) => string | null;

/**
 * How many CPUs this process may use: the default size of every pool. At least 1.
 *
 * This is Python's `process_cpu_count()` (what `Pool` takes its default from since 3.13), and a little more careful:
 * besides the affinity of the process it obeys the CPU quota of the container (cgroup v1 and v2, rounded up), where
 * one worker per core of the host would only be throttled. `PYTHON_CPU_COUNT` overrides it, as in Python.
 *
 * @example
 * const pool = new Pool(cpu_count() - 1);
 */
export function cpu_count(): number {
  const wanted = Number(process.env.PYTHON_CPU_COUNT);
  if (Number.isSafeInteger(wanted) && wanted > 0) return wanted;
  const quota = process.platform === 'linux' ? cpuQuota(readText) : Infinity;
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(quota)));
}

/** The CPUs that the cgroups of this process grant it, as a fraction; `Infinity` where nothing limits it. */
export function cpuQuota(read: ReadText): number {
  let quota = Infinity;
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, ...rest] = line.split(':');
    if (controllers === undefined) continue;
    const group = rest.join(':');
    if (controllers === '') {
      quota = Math.min(
        quota,
        walk('/sys/fs/cgroup', group, (dir) => unified(read, dir)),
      );
    } else if (controllers.split(',').includes('cpu')) {
      for (const mount of new Set([controllers, 'cpu'])) {
        quota = Math.min(
          quota,
          walk(`/sys/fs/cgroup/${mount}`, group, (dir) => legacy(read, dir)),
        );
      }
    }
  }
  return quota;
}

/** The tightest limit from a group up to the root; in a container its own group may be the root. */
function walk(mount: string, group: string, limit: (dir: string) => number): number {
  let tightest = limit(mount);
  let dir = mount;
  for (const part of group.split('/').filter((each) => each !== '' && each !== '..')) {
    dir += `/${part}`;
    tightest = Math.min(tightest, limit(dir));
  }
  return tightest;
}

/** cgroup v2: `max 100000` or `150000 100000`. */
function unified(read: ReadText, dir: string): number {
  const [quota, period] = (read(`${dir}/cpu.max`) ?? '').trim().split(' ');
  return ratio(quota, period);
}

/** cgroup v1: a quota of -1 is none. */
function legacy(read: ReadText, dir: string): number {
  return ratio(read(`${dir}/cpu.cfs_quota_us`)?.trim(), read(`${dir}/cpu.cfs_period_us`)?.trim());
}

function ratio(quota: string | undefined, period: string | undefined): number {
  const cpus = Number(quota) / Number(period);
  return cpus > 0 ? cpus : Infinity;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
