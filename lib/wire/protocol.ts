/**
 * Every message between a parent and a worker, one union per direction.
 *
 * The text of a frame is a JSON array of messages. An encoded value stands in
 * it as its codec, its JSON, and the number of blocks that belong to it; the
 * blocks of a frame are taken in the order in which its messages name them.
 */

/** Messages to a worker. */
export const ToWorker = {
  /** `[Setup, codec, value, blocks]`: who the worker is; the first message it gets. */
  Setup: 0,
  /** `[Define, definitions, blocks]`: what later calls stand on. Applied in turn with the calls. */
  Define: 1,
  /** `[Call, id, function, kind, flags, codec, value, blocks]` */
  Call: 2,
  /** `[Initialize, function, codec, args, blocks]`: run before the first call. */
  Initialize: 3,
  /** `[Withdraw]`: the calls not started belong to somebody else now; answered by Withdrawn. */
  Withdraw: 4,
  /** `[Exit]`: nothing more will come; end when what you have is done. */
  Exit: 5,
  /**
   * `[Run, function, codec, [function or null, args], blocks, thread]`: what this worker is for; only answers come after it.
   * The function is the number of one that was defined, if it does not stand beside its arguments; the thread is the
   * parent's, by the system's number, or 0.
   */
  Run: 6,
  /** `[Stacks, question, texts]`: the answer to Stacks, in terms of the user's files; `[Stacks, question]`: it will come. */
  Stacks: 7,
  /** `[Share, place]`: memory for claims and journal; the worker uses it if it can. See process_memory.ts. */
  Share: 8,
  /** `[Switch]`: the claims of the calls after this lie there. */
  Switch: 9,
} as const;

/** Messages to the parent. */
export const ToParent = {
  /** `[Ready]`: the initializer has run. */
  Ready: 0,
  /** `[Returned, id, codec, value, blocks]` */
  Returned: 1,
  /** `[Threw, id, how, codec, value, blocks]`, `how` of {@link Thrown}. */
  Threw: 2,
  /** `[Started, id, index]`: item `index` of the call begins now; only for calls with {@link CallFlag.ReportStart}. */
  Started: 3,
  /** `[Withdrawn]`: the answer to Withdraw. */
  Withdrawn: 4,
  /** `[InitializerThrew, codec, value, blocks]`: the worker ends after this. */
  InitializerThrew: 5,
  /** `[Busy, microseconds, items]`: how long the worker was at work on the items of this frame. */
  Busy: 6,
  /** `[Stacks, question, texts]`: of an error that is about to be printed, and its causes; answered by Stacks. */
  Stacks: 7,
} as const;

/** What a call does with its value. */
export const CallKind = {
  /** `f(...value)` */
  Apply: 0,
  /** `value.map(x => f(x))` */
  Map: 1,
  /** `value.map(x => f(...x))` */
  Starmap: 2,
} as const;
export type CallKindId = (typeof CallKind)[keyof typeof CallKind];

export const CallFlag = {
  /** The call may be taken back by the parent until the worker has claimed it. */
  Claimable: 1,
  /** Tell the parent when each item starts (its clock is running). */
  ReportStart: 2,
} as const;

/** Why a call came back without a value. */
export const Thrown = {
  /** The function threw: the value is what it threw. */
  ByFunction: 0,
  /** What it returned or threw cannot be encoded: the value is `[value as text, reason as text]`. */
  ByEncoding: 1,
  /** The call could not be decoded here: the value is the error. */
  ByDecoding: 2,
} as const;
export type ThrownId = (typeof Thrown)[keyof typeof Thrown];

/** One message as `JSON.parse` gives it; the first element tells which. */
export type Message = [number, ...unknown[]];

/** The file descriptors of a process worker, beside stdin, stdout and stderr. */
export const WorkerFd = {
  /** The calls: frames from the parent. */
  Calls: 3,
  /** The claims: see claims.ts. */
  Claims: 4,
  /** Of one that has no claims: a file with its first frame, if that is long. */
  Letter: 4,
  /** The journal: see journal.ts. */
  Journal: 5,
  /**
   * The results: frames to the parent. A socket of their own: a call written to a worker that has just died breaks
   * the socket of the calls, and with one for both ways what the worker had said before would be lost with it.
   */
  Results: 6,
  /** What all processes of a family share: see lib/util/family_file.ts. */
  Family: 7,
} as const;
