import { readFileSync, writeFileSync } from 'node:fs';
import { current_process, Process as DefaultProcess } from 'multiprocessing-ts';
import { PicklingError } from 'multiprocessing-ts/reduction';
import { Process as BlockingProcess } from 'multiprocessing-ts/sync';
import { BOTH, scratch, SPAWN } from '../support';
import { killAll, processes, run } from './support';

const path = scratch();
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

processes(
  'a subclass',
  (Process, method, facade) => {
    class Greeter extends Process {
      readonly #unused = undefined;
      static count = 3;
      constructor(
        readonly file: string,
        private readonly greeting: string,
      ) {
        super({ name: 'greeter' });
      }

      greet(): string {
        return `${this.greeting} from ${this.name}`;
      }

      override run(): void {
        writeFileSync(this.file, JSON.stringify([this.greet(), Greeter.count, this === current_process()]));
      }

      /** So that the field is no error of the linter. */
      get unused(): undefined {
        return this.#unused;
      }
    }

    class Plain extends Process {
      more = 'field';
      constructor(
        readonly file: string,
        private readonly greeting: string,
      ) {
        super({ name: 'greeter' });
      }

      greet(): string {
        return `${this.greeting} from ${this.name}`;
      }

      override run(): void {
        const facts = [this.greet(), this.more, this === current_process(), this.is_alive(), this.pid];
        writeFileSync(this.file, JSON.stringify([...facts, String(this)]));
      }
    }

    test('travels with its fields and methods, and runs its own run()', async () => {
      const file = path('fields');
      const p = new Plain(file, 'hello');
      expect(await run(p)).toBe(0);
      expect(read(file)).toEqual([
        'hello from greeter',
        'field',
        true,
        true,
        p.pid,
        `<Plain name='greeter' parent=${process.pid} started>`,
      ]);
    });

    test('may have an async run()', async () => {
      const file = path('async');
      class Slow extends Process {
        override async run(): Promise<void> {
          await new Promise((resolve) => setTimeout(resolve, 10));
          writeFileSync(file, '"done"');
        }
      }
      expect(await run(new Slow())).toBe(0);
      expect(read(file)).toBe('done');
    });

    test('may call the run() of Process for its target', async () => {
      const file = path('super');
      class Wrapped extends Process {
        override async run(): Promise<void> {
          const value = await super.run();
          writeFileSync(file, JSON.stringify(['wrapped', value]));
        }
      }
      await run(new Wrapped({ target: async (x: number) => Promise.resolve(x + 1), args: [1] }));
      expect(read(file)).toEqual(['wrapped', 2]);
    });

    test('may be one of its own, and of others', async () => {
      const file = path('chain');
      class Base extends Process {
        value(): number {
          return 1;
        }
        override run(): void {
          writeFileSync(file, JSON.stringify([this.value(), this.constructor.name, this instanceof Base]));
        }
      }
      class Derived extends Base {
        override value(): number {
          return super.value() + 1;
        }
      }
      const p = new Derived();
      await run(p);
      expect(read(file)).toEqual([2, 'Derived', true]);
      expect(p.name).toMatch(/^Derived-\d+$/);
    });

    test('can be replaced in a single object', async () => {
      const file = path('own');
      const p = new Process();
      p.run = () => {
        writeFileSync(file, '"own"');
      };
      await run(p);
      expect(read(file)).toBe('own');
    });

    test('fields that refer to the object itself do so there', async () => {
      const file = path('cycle');
      class Holder extends Process {
        readonly self = this;
        readonly who = () => this;
        override run(): void {
          writeFileSync(file, JSON.stringify([this.self === this, this.who() === this]));
        }
      }
      await run(new Holder());
      expect(read(file)).toEqual([true, true]);
    });

    test('a target that is a method of the object is one there', async () => {
      const file = path('method');
      class Job extends Process {
        value = 5;
        constructor() {
          super({ target: () => this.work() });
        }
        work(): void {
          writeFileSync(file, JSON.stringify([this.value, this === current_process()]));
        }
      }
      await run(new Job());
      expect(read(file)).toEqual([5, true]);
    });

    test('what it changes there is not changed here', async () => {
      class Counter extends Process {
        n = 0;
        override run(): void {
          this.n++;
          this.name = 'changed';
        }
      }
      const p = new Counter();
      await run(p);
      expect([p.n, p.name]).toEqual([0, expect.stringMatching(/^Counter-/)]);
    });

    test('with #private fields is refused, with what to do instead', () => {
      const p = new Greeter(path('never'), 'hello');
      expect(() => {
        p.start();
      }).toThrow(/class Greeter cannot be sent, it has private members \(#unused\): [^]*`private`/);
      expect(() => {
        p.start();
      }).toThrow(PicklingError);
    });

    test('what it throws is its exit code', async () => {
      class Failing extends Process {
        override run(): never {
          process.stderr.write = () => true;
          throw new Error('no');
        }
      }
      expect(await run(new Failing())).toBe(1);
    });

    test('is started by the method of its class', () => {
      const p = new Plain(path('unused'), '');
      expect(p).toBeInstanceOf(facade === 'async' ? DefaultProcess : BlockingProcess);
      p.start();
      expect(p.pid === process.pid).toBe(method === 'thread');
    });
  },
  BOTH,
  SPAWN,
);

describe('a subclass of the main class', () => {
  afterEach(killAll);

  test('travels by value with the module variables it uses', async () => {
    const file = path('module');
    const settings = { factor: 3 };
    const triple = (x: number): number => x * settings.factor;
    class Worker extends DefaultProcess {
      constructor(readonly x: number) {
        super();
      }
      override run(): void {
        writeFileSync(file, JSON.stringify(triple(this.x)));
      }
    }
    await run(new Worker(4));
    expect(read(file)).toBe(12);
  });
});
