import { current_process, parent_process } from 'multiprocessing-ts';
import { contract, oracle } from './support';

const nameOf = (): string => current_process().name;

contract('names', (makePool) => {
  const recorded = oracle('p28_names');

  test('workers are SpawnPoolWorker-1, -2 ...', async () => {
    const names = new Set(await makePool(2).map(nameOf, Array.from({ length: 40 }), 1));
    const pattern = (recorded('spawn names').ok as string[])[0]!.replace(/\d+/, '\\d+');
    for (const name of names) expect(name).toMatch(new RegExp(`^${pattern}$`));
  });

  test('numbers go on over all pools and replacements', async () => {
    const number = (name: string): number => Number(name.split('-')[1]);
    const pool = makePool(1, { maxtasksperchild: 1 });
    const names = [await pool.apply(nameOf), await pool.apply(nameOf)];
    expect(number(names[1]!)).toBeGreaterThan(number(names[0]!));
    expect(number(await makePool(1).apply(nameOf))).toBeGreaterThan(number(names[1]!));
  });

  test('workers are daemons, their parent is MainProcess', async () => {
    const facts = (): unknown[] => [current_process().daemon, parent_process()?.name];
    const [, daemon, parent] = recorded('spawn identity,daemon,parent').ok as [unknown, boolean, string];
    expect(await makePool(1).apply(facts)).toEqual([daemon, parent]);
  });

  test('pids are those of the processes', async () => {
    const facts = (): number[] => [
      current_process().pid,
      process.pid,
      parent_process()?.pid ?? 0,
      process.ppid,
    ];
    const [own, pid, parent, ppid] = await makePool(1).apply(facts);
    expect([own, parent]).toEqual([pid, ppid]);
    expect(ppid).toBe(process.pid);
  });

  test('this process is MainProcess and no daemon', () => {
    expect([current_process().name, current_process().daemon, parent_process()]).toEqual([
      'MainProcess',
      false,
      null,
    ]);
  });

  test('workers have the arguments and the environment of their parent', async () => {
    process.env.MULTIPROCESSING_TS_SPEC = 'seen';
    const pool = makePool(1);
    delete process.env.MULTIPROCESSING_TS_SPEC;
    expect(await pool.apply(() => process.env.MULTIPROCESSING_TS_SPEC)).toBe('seen');
    expect(await pool.apply(() => process.argv)).toEqual([...process.argv]);
    expect(await pool.apply(() => process.cwd())).toBe(process.cwd());
  });
});
