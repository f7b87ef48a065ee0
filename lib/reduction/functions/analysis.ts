import type { ShapeId } from './syntax';

/** A step of a property chain: a name, a variable that holds it, or `null`: not known from the text. */
export type Step = string | { readonly variable: string } | null;
export type Range = readonly [start: number, end: number];

/** How a text uses a name that it does not declare. */
export interface Usage {
  /** The properties it reaches, if it is only used as `name.a.b`. */
  readonly chains: Step[][];
  /** It is also used in another way. */
  whole: boolean;
  assigned: boolean;
  readonly places: { readonly range: Range; readonly shorthand: boolean }[];
}

export interface ClassLayout {
  /** The expression after `extends`. */
  readonly heritage: Range | null;
  /** Static fields and blocks: they ran once, in the parent. */
  readonly statics: readonly Range[];
  /** The private members of an instance. */
  readonly privates: readonly string[];
  /** The texts of its methods and accessors, as `toString` prints them. */
  readonly methods: ReadonlySet<string>;
}

/** What the text of a function tells. */
export interface Analysis {
  readonly text: string;
  readonly shape: ShapeId;
  /** It is valid strict code. */
  readonly strict: boolean;
  readonly free: ReadonlyMap<string, Usage>;
  readonly isArrow: boolean;
  readonly isAsync: boolean;
  readonly isGenerator: boolean;
  /** Names that its own parameters and variables hide. */
  readonly locals: ReadonlySet<string>;
  /** A call can be entered without evaluating anything. */
  readonly isSimple: boolean;
  readonly usesThis: boolean;
  /** `this` somewhere below a function of its own: sloppy and strict code differ in it. */
  readonly usesInnerThis: boolean;
  readonly usesArguments: boolean;
  readonly usesSuper: boolean;
  readonly usesNewTarget: boolean;
  /** A private name of a class around it. */
  readonly usesPrivate: boolean;
  readonly usesEval: boolean;
  readonly usesWith: boolean;
  readonly dynamicImports: readonly Range[];
  readonly importMetas: readonly Range[];
  readonly computedKey: Range | null;
  readonly selfName: string | null;
  readonly layout: ClassLayout | null;
}
