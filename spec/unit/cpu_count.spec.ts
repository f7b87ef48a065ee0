import { availableParallelism } from 'node:os';
import { cpu_count, cpuQuota } from '../../lib/util/cpu_count';

const files = (entries: Record<string, string>) => (path: string) => entries[path] ?? null;

describe('cpu_count', () => {
  const before = process.env.PYTHON_CPU_COUNT;
  afterEach(() => {
    if (before === undefined) delete process.env.PYTHON_CPU_COUNT;
    else process.env.PYTHON_CPU_COUNT = before;
  });

  test('is a whole number of at least 1 and no more than the machine has', () => {
    delete process.env.PYTHON_CPU_COUNT;
    expect(Number.isInteger(cpu_count())).toBe(true);
    expect(cpu_count()).toBeGreaterThanOrEqual(1);
    expect(cpu_count()).toBeLessThanOrEqual(availableParallelism());
  });

  test('is what PYTHON_CPU_COUNT says', () => {
    process.env.PYTHON_CPU_COUNT = '7';
    expect(cpu_count()).toBe(7);
  });

  test.each(['default', '0', '-1', '1.5', ''])('PYTHON_CPU_COUNT=%j changes nothing', (value) => {
    delete process.env.PYTHON_CPU_COUNT;
    const count = cpu_count();
    process.env.PYTHON_CPU_COUNT = value;
    expect(cpu_count()).toBe(count);
  });
});

describe('the quota of a container', () => {
  test('is none where there is no cgroup', () => {
    expect(cpuQuota(files({}))).toBe(Infinity);
  });

  test('is read from cgroup v2, the tightest on the way to the root', () => {
    const read = files({
      '/proc/self/cgroup': '0::/pod/app\n',
      '/sys/fs/cgroup/pod/cpu.max': '150000 100000\n',
      '/sys/fs/cgroup/pod/app/cpu.max': 'max 100000\n',
    });
    expect(cpuQuota(read)).toBe(1.5);
  });

  test('is read from the root inside a container', () => {
    const read = files({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '50000 100000\n' });
    expect(cpuQuota(read)).toBe(0.5);
  });

  test('is read from cgroup v1', () => {
    const group = '/sys/fs/cgroup/cpu,cpuacct/docker/1';
    const read = files({
      '/proc/self/cgroup': '5:memory:/docker/1\n4:cpu,cpuacct:/docker/1\n',
      [`${group}/cpu.cfs_quota_us`]: '300000\n',
      [`${group}/cpu.cfs_period_us`]: '100000\n',
    });
    expect(cpuQuota(read)).toBe(3);
  });

  test('of -1 in cgroup v1 is none', () => {
    const read = files({
      '/proc/self/cgroup': '1:cpu:/\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    });
    expect(cpuQuota(read)).toBe(Infinity);
  });
});
