import { Callbacks } from '../../../lib/concurrent/futures/callbacks';
import { Future } from '../../../lib/concurrent/futures/future';
import { bindCall } from '../../../lib/concurrent/futures/future_core';
import { normal } from './support';

describe('the future of an executor', () => {
  class Call extends Future<number> {
    hasBegun = false;
    mayWithdraw = true;
    asked: string[] = [];

    constructor() {
      super();
      bindCall(this, {
        callbacks: new Callbacks(true),
        begun: () => {
          this.asked.push('begun');
          return this.hasBegun;
        },
        withdraw: () => {
          this.asked.push('withdraw');
          this.withdrawn();
          return this.mayWithdraw;
        },
        cancelled: () => this.asked.push('cancelled'),
      });
    }

    withdrawn(): void {
      // The executor may settle it meanwhile.
    }
  }

  test('is running when its call has begun', () => {
    const looks: ((call: Call) => unknown)[] = [(c) => c.running(), (c) => String(c)];
    for (const look of looks) {
      const call = new Call();
      call.hasBegun = true;
      look(call);
      expect([call.running(), call.cancel()]).toEqual([true, false]);
      expect(call.asked).toEqual(['begun']);
    }
  });

  test('is pending as long as it has not', () => {
    const call = new Call();
    expect([call.running(), normal(String(call))]).toEqual([false, '<Call at 0xADDR state=pending>']);
  });

  test('is not asked when it is done', async () => {
    const call = new Call();
    call.set_result(1);
    expect([call.running(), call.cancel(), call.done(), await call.result()]).toEqual([
      false,
      false,
      true,
      1,
    ]);
    expect(String(call)).toMatch(/returned number/);
    expect(call.asked).toEqual([]);
  });

  test('is cancelled when the executor withdraws the call', () => {
    const call = new Call();
    expect(call.cancel()).toBe(true);
    expect(call.asked).toEqual(['withdraw', 'cancelled']);
    expect([call.cancelled(), call.done(), call.running()]).toEqual([true, true, false]);
  });

  test('is not cancelled when it is too late, but running', async () => {
    const call = new Call();
    call.mayWithdraw = false;
    const result = call.result();
    let callbacks = 0;
    call.add_done_callback(() => callbacks++);
    expect([call.cancel(), call.cancelled(), call.running()]).toEqual([false, false, true]);
    expect(callbacks).toBe(0);
    call.set_result(3);
    expect(await result).toBe(3);
    expect(callbacks).toBe(1);
  });

  test('may be finished by its own withdrawal', async () => {
    class Quick extends Call {
      override withdrawn(): void {
        this.set_result(7);
      }
    }
    const call = new Quick();
    expect([call.cancel(), call.cancelled()]).toEqual([false, false]);
    expect(await call.result()).toBe(7);
  });
});
