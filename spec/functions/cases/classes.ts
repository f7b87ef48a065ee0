import assert from 'node:assert/strict';
import type { Case } from './case';
import Circle, { Point } from './fixtures/helper';

let unit = 'm';

class Animal {
  static count = 0;
  static describe(): string {
    return `${this.name}:${this.count}`;
  }
  constructor(readonly name: string) {}
  speak(): string {
    return `${this.name} makes a sound`;
  }
  get loud(): string {
    return this.speak().toUpperCase();
  }
}
class Dog extends Animal {
  static override count = 1;
  static override describe(): string {
    return `dog ${super.describe()}`;
  }
  override speak(): string {
    return `${super.speak()}: woof`;
  }
}
class Puppy extends Dog {
  override speak(): string {
    return `${super.speak()} (high)`;
  }
}

class Temperature {
  celsius = 0;
  get fahrenheit(): number {
    return this.celsius * 1.8 + 32;
  }
  set fahrenheit(value: number) {
    this.celsius = (value - 32) / 1.8;
  }
}

class Vault {
  #secret: number;
  static #made = 0;
  constructor(secret: number) {
    this.#secret = secret;
    Vault.#made++;
  }
  open(): number {
    return this.#secret * 2;
  }
  static get made(): number {
    return Vault.#made;
  }
}

let mixes = 0;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what TypeScript wants of a mixin
const mixin = <T extends new (...args: any[]) => object>(Base: T) => {
  mixes++;
  return class extends Base {
    mixed(): string {
      return 'mixed';
    }
  };
};
class Mixed extends mixin(Animal) {}

interface Legacy {
  v: number;
  twice(): number;
}
const Legacy = function (this: Legacy, v: number) {
  this.v = v;
} as unknown as new (v: number) => Legacy;
(Legacy.prototype as Legacy).twice = function () {
  return this.v * 2;
};

class Patched {
  value(): string {
    return 'own';
  }
}

class CodedError extends Error {
  override name = 'CodedError';
  constructor(
    message: string,
    readonly code: number,
  ) {
    super(message);
  }
}

class Scaler {
  scale = 3;
  arrow(): (x: number) => number {
    return (x) => x * this.scale;
  }
  asyncArrow(): (x: number) => Promise<number> {
    return async (x) => Promise.resolve(x * this.scale);
  }
  nested(): () => (x: number) => number {
    return () => (x) => x * this.scale;
  }
}

enum Color {
  Red,
  Green = 5,
}
namespace Shapes {
  export const sides = 4;
  export function area(a: number): number {
    return a * a + sides;
  }
}

export const cases: Case[] = [
  {
    id: '20',
    name: 'an arrow that captured `this`',
    async run(pool) {
      assert.equal(await pool.apply(new Scaler().arrow(), [5]), 15);
    },
  },
  {
    id: '21',
    name: 'an async one',
    async run(pool) {
      assert.equal(await pool.apply(new Scaler().asyncArrow(), [5]), 15);
    },
  },
  {
    id: '22',
    name: 'a nested one',
    async run(pool) {
      const f = new Scaler().nested();
      assert.equal(await pool.apply(async (x: number) => f()(x), [6]), 18);
    },
  },
  {
    id: '23',
    name: 'an arrow that captured `arguments`',
    async run(pool) {
      function outer(..._: number[]): () => number {
        // eslint-disable-next-line prefer-rest-params
        return () => Array.from(arguments as unknown as number[]).reduce((a, b) => a + b, 0);
      }
      assert.equal(await pool.apply(outer(1, 2, 3)), 6);
    },
  },
  {
    id: '24',
    name: 'a class by value, made in the task',
    async run(pool) {
      assert.equal(
        await pool.apply((name: string) => new Dog(name).speak(), ['Rex']),
        'Rex makes a sound: woof',
      );
    },
  },
  {
    id: '25',
    name: 'a captured instance keeps class, base, methods, getters',
    async run(pool) {
      const rex = new Dog('Rex');
      assert.deepEqual(
        await pool.apply(() => [
          rex instanceof Dog,
          rex instanceof Animal,
          rex.speak(),
          rex.loud,
          rex.constructor === Dog,
        ]),
        [true, true, 'Rex makes a sound: woof', 'REX MAKES A SOUND: WOOF', true],
      );
    },
  },
  {
    id: '25b',
    name: 'an instance as argument and as result',
    async run(pool) {
      const rex = new Dog('Rex');
      const back = await pool.apply((dog: Dog) => ({ dog, says: dog.speak() }), [rex]);
      assert.equal(back.says, 'Rex makes a sound: woof');
      assert.ok(back.dog instanceof Dog);
      assert.notEqual(back.dog, rex);
    },
  },
  {
    id: '26',
    name: 'super through three levels',
    async run(pool) {
      assert.equal(await pool.apply(() => new Puppy('P').speak()), 'P makes a sound: woof (high)');
    },
  },
  {
    id: '27',
    name: 'static state, static super, a changed static is sent again',
    async run(pool) {
      const describe = (): string => Dog.describe();
      assert.equal(await pool.apply(describe), 'dog Dog:1');
      Dog.count = 7;
      assert.equal(await pool.apply(describe), 'dog Dog:7');
      Dog.count = 1;
      assert.equal(await pool.apply(describe), 'dog Dog:1');
    },
  },
  {
    id: '28',
    name: 'a pair of accessors',
    async run(pool) {
      const t = new Temperature();
      assert.equal(
        await pool.apply(() => {
          t.fahrenheit = 212;
          return t.celsius;
        }),
        100,
      );
      assert.equal(t.celsius, 0);
    },
  },
  {
    id: '29',
    name: 'a heritage expression is evaluated once',
    async run(pool) {
      assert.deepEqual(await pool.apply(() => [new Mixed('m').mixed(), new Mixed('m').speak()]), [
        'mixed',
        'm makes a sound',
      ]);
      assert.equal(mixes, 1);
    },
  },
  {
    id: '30',
    name: 'anonymous and minified classes',
    async run(pool) {
      const A = class {
        v = 1;
      };
      const B = class extends A {
        constructor() {
          super();
          this.v = 2;
        }
        m() {
          return this.v;
        }
      };
      assert.deepEqual(await pool.apply(() => [new A().v, new B().m()]), [1, 2]);
    },
  },
  {
    id: '31',
    name: 'private members inside a class made in the worker',
    async run(pool) {
      assert.equal(await pool.apply(() => new Vault(4).open()), 8);
      assert.equal(await pool.apply(() => Vault.made > 0), true);
    },
  },
  {
    id: '32',
    name: 'an ES5 constructor with methods on its prototype',
    async run(pool) {
      const old = new Legacy(4);
      assert.deepEqual(await pool.apply(() => [new Legacy(2).twice(), old.twice(), old instanceof Legacy]), [
        4,
        8,
        true,
      ]);
    },
  },
  {
    id: '33',
    name: 'a replaced method travels, and so does its undoing',
    async run(pool) {
      const p = new Patched();
      const f = (): string => p.value() + new Patched().value();
      assert.equal(await pool.apply(f), 'ownown');
      const own = Object.getOwnPropertyDescriptor(Patched.prototype, 'value') as PropertyDescriptor;
      Patched.prototype.value = () => 'patched';
      assert.equal(await pool.apply(f), 'patchedpatched');
      Object.defineProperty(Patched.prototype, 'value', own);
      assert.equal(await pool.apply(f), 'ownown');
    },
  },
  {
    id: '34',
    name: 'an Error subclass',
    async run(pool) {
      const error = new CodedError('bad', 7);
      assert.deepEqual(
        await pool.apply(() => [
          error instanceof CodedError,
          error instanceof Error,
          error.code,
          error.name,
          error.message,
        ]),
        [true, true, 7, 'CodedError', 'bad'],
      );
      const back = await pool.apply((e: CodedError) => e, [error]);
      assert.ok(back instanceof CodedError);
      assert.equal(back.code, 7);
    },
  },
  {
    id: '38',
    name: 'a TypeScript enum and a namespace',
    async run(pool) {
      assert.deepEqual(await pool.apply(() => [Color.Green, Color[0], Shapes.area(2)]), [5, 'Red', 8]);
    },
  },
  {
    id: '39',
    name: 'an object literal with method, getter, computed name and super',
    async run(pool) {
      const key = 'comp';
      const base = {
        hello(): string {
          return 'base';
        },
      };
      const object = {
        __proto__: base,
        n: 2,
        twice(): number {
          return this.n * 2;
        },
        get triple(): number {
          return this.n * 3;
        },
        [`${key}uted`](): string {
          return unit;
        },
        hello(): string {
          return `${super.hello() as string}+over`;
        },
      };
      assert.deepEqual(
        await pool.apply(() => [
          object.twice(),
          object.triple,
          (object as unknown as { computed(): string }).computed(),
          object.hello(),
        ]),
        [4, 6, 'm', 'base+over'],
      );
    },
  },
  {
    id: '40',
    name: 'a method as task',
    async run(pool) {
      const object = {
        plus(a: number, b: number): number {
          return a + b;
        },
      };
      assert.equal(await pool.apply(object.plus, [1, 2]), 3);
    },
  },
  {
    id: '41-42',
    name: 'imported classes: default, and named with a static',
    async run(pool) {
      assert.deepEqual(await pool.apply(() => [new Circle(2).area(), new Point(1, 2).sum(), Point.origin]), [
        12,
        3,
        'zero',
      ]);
    },
  },
  {
    id: '79',
    name: 'functions and classes come back as the parent knows them',
    async run(pool) {
      const local = (): number => 1;
      const back = await pool.apply(() => ({
        local,
        Dog,
        rex: new Dog('r'),
        sqrt: Math.sqrt,
        list: [local],
      }));
      assert.equal(back.local, local);
      assert.equal(back.Dog, Dog);
      assert.ok(back.rex instanceof Dog);
      assert.equal(back.sqrt, Math.sqrt);
      assert.equal(back.list[0], local);
    },
  },
  {
    id: '80',
    name: 'two classes of one name stay apart',
    async run(pool) {
      const make = (v: number) =>
        class Same {
          get(): number {
            return v;
          }
        };
      const One = make(1);
      const Two = make(2);
      const one = new One();
      assert.deepEqual(
        await pool.apply(() => [new One().get(), new Two().get(), one instanceof One, one instanceof Two]),
        [1, 2, true, false],
      );
      const back = await pool.apply((x: object) => x, [new Two()]);
      assert.ok(back instanceof Two && !(back instanceof One));
    },
  },
  {
    id: '81',
    name: 'a class sent again is the same class in the worker',
    async run(pool) {
      await pool.apply(() => {
        (globalThis as Record<string, unknown>).seenDog = Dog;
      });
      unit = 'km';
      assert.equal(
        await pool.apply(() => (globalThis as Record<string, unknown>).seenDog === Dog && unit === 'km'),
        true,
      );
      assert.equal(
        await pool.apply((D: typeof Dog) => (globalThis as Record<string, unknown>).seenDog === D, [Dog]),
        true,
      );
      unit = 'm';
    },
  },
];
