import {
  children,
  hasSimpleParameters,
  isClass,
  isFunction,
  lexicalNames,
  parseFunction,
  patternNames,
  varNames,
  type AnyNode,
  type ClassLike,
  type FunctionLike,
} from './syntax';
import type { Analysis, Range, Step, Usage } from './analysis';
import { isStaticInitializer, layoutOf } from './class_layout';

interface Block {
  readonly names: ReadonlySet<string>;
  readonly up: Block | null;
}

export class Analyzer {
  readonly #text: string;
  readonly #free = new Map<string, Usage>();
  readonly #imports: Range[] = [];
  readonly #metas: Range[] = [];
  #offset = 0;
  #block: Block | null = null;
  /** How many functions around the current node have a `this` and `arguments` of their own. */
  #depth = 0;
  /** The depth at which `super` belongs to the text's own class or method. */
  #homeDepth = 0;
  #usesThis = false;
  #usesInnerThis = false;
  #usesArguments = false;
  #usesSuper = false;
  #usesNewTarget = false;
  #usesPrivate = false;
  #usesEval = false;
  #usesWith = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Analysis {
    const { shape, node, property, offset, strict } = parseFunction(this.#text);
    this.#offset = offset;
    const isArrow = node.type === 'ArrowFunctionExpression';
    this.#homeDepth = isArrow || isClass(node) ? 0 : 1;
    const layout = isClass(node) ? layoutOf(node, this.#text, (part) => this.#range(part)) : null;
    if (isClass(node)) this.#class(node, true);
    else if (isFunction(node)) this.#function(node);
    else this.#visit(node);
    const like = isFunction(node) ? node : null;
    return {
      text: this.#text,
      shape,
      strict,
      free: this.#free,
      isArrow,
      isAsync: like?.async === true,
      isGenerator: like?.generator === true,
      locals: like === null ? new Set() : localNames(like),
      isSimple: like !== null && !like.generator && hasSimpleParameters(like),
      usesThis: this.#usesThis,
      usesInnerThis: this.#usesInnerThis,
      usesArguments: this.#usesArguments,
      usesSuper: this.#usesSuper,
      usesNewTarget: this.#usesNewTarget,
      usesPrivate: this.#usesPrivate,
      usesEval: this.#usesEval,
      usesWith: this.#usesWith,
      dynamicImports: this.#imports,
      importMetas: this.#metas,
      computedKey: property?.computed === true ? this.#range(property.key) : null,
      selfName: (isClass(node) || node.type === 'FunctionExpression') && node.id ? node.id.name : null,
      layout,
    };
  }

  #range(node: AnyNode): Range {
    return [node.start - this.#offset, node.end - this.#offset];
  }

  #declares(name: string): boolean {
    for (let block = this.#block; block !== null; block = block.up) if (block.names.has(name)) return true;
    return false;
  }

  #within(names: ReadonlySet<string>, visit: () => void): void {
    this.#block = { names, up: this.#block };
    visit();
    this.#block = this.#block.up;
  }

  #use(
    name: string,
    node: AnyNode | null,
    how: { chain?: Step[]; assigned?: boolean; shorthand?: boolean } = {},
  ): void {
    if (this.#declares(name)) return;
    if (name === 'arguments') {
      if (this.#depth === 0) this.#usesArguments = true;
      return;
    }
    let usage = this.#free.get(name);
    if (usage === undefined) {
      usage = { chains: [], whole: false, assigned: false, places: [] };
      this.#free.set(name, usage);
    }
    if (node !== null) usage.places.push({ range: this.#range(node), shorthand: how.shorthand === true });
    if (how.assigned === true) usage.assigned = true;
    if (how.chain !== undefined && how.chain.length > 0) usage.chains.push(how.chain);
    else usage.whole = true;
  }

  #private(name: string): void {
    if (!this.#declares(`#${name}`)) this.#usesPrivate = true;
  }

  #each(nodes: readonly (AnyNode | null | undefined)[]): void {
    for (const node of nodes) if (node) this.#visit(node);
  }

  #function(node: FunctionLike): void {
    const isArrow = node.type === 'ArrowFunctionExpression';
    if (!isArrow) this.#depth++;
    const own = new Set<string>();
    if (node.type === 'FunctionExpression' && node.id) own.add(node.id.name);
    this.#within(own, () => {
      const parameters = new Set<string>(isArrow ? [] : ['arguments']);
      for (const parameter of node.params) patternNames(parameter, (name) => parameters.add(name));
      this.#within(parameters, () => {
        for (const parameter of node.params) this.#pattern(parameter, false);
        if (node.body.type === 'BlockStatement') {
          const names = new Set<string>();
          varNames(node.body, names);
          lexicalNames(node.body.body, names);
          const { body } = node.body;
          this.#within(names, () => this.#each(body));
        } else this.#visit(node.body);
      });
    });
    if (!isArrow) this.#depth--;
  }

  /** `top`: the class is the text itself, whose static initialisers do not run again. */
  #class(node: ClassLike, top: boolean): void {
    const own = new Set(node.id ? [node.id.name] : []);
    for (const member of node.body.body) {
      if (member.type !== 'StaticBlock' && member.key.type === 'PrivateIdentifier')
        own.add(`#${member.key.name}`);
    }
    this.#within(own, () => {
      if (node.superClass && !top) this.#visit(node.superClass);
      for (const member of node.body.body) {
        if (member.type === 'StaticBlock') {
          if (top) continue;
          const names = new Set<string>();
          for (const statement of member.body) varNames(statement, names);
          lexicalNames(member.body, names);
          this.#depth++;
          this.#within(names, () => this.#each(member.body));
          this.#depth--;
          continue;
        }
        if (member.computed) this.#visit(member.key);
        if (member.type === 'PropertyDefinition') {
          if (top && isStaticInitializer(member)) continue;
          this.#depth++;
          if (member.value) this.#visit(member.value);
          this.#depth--;
        } else this.#visit(member.value);
      }
    });
  }

  /** Visits a pattern: the expressions in it, and if it assigns, its names. */
  #pattern(node: AnyNode | null, assigns: boolean): void {
    switch (node?.type) {
      case undefined:
        break;
      case 'Identifier':
        if (assigns) this.#use(node.name, node, { assigned: true });
        break;
      case 'ObjectPattern':
        for (const part of node.properties) {
          if (part.type === 'RestElement') this.#pattern(part.argument, assigns);
          else {
            if (part.computed) this.#visit(part.key);
            this.#pattern(part.value, assigns);
          }
        }
        break;
      case 'ArrayPattern':
        for (const element of node.elements) this.#pattern(element, assigns);
        break;
      case 'AssignmentPattern':
        this.#pattern(node.left, assigns);
        this.#visit(node.right);
        break;
      case 'RestElement':
        this.#pattern(node.argument, assigns);
        break;
      default:
        this.#visit(node as AnyNode);
    }
  }

  /** `name.a.b`: remembers which properties are reached. */
  #member(node: AnyNode): void {
    const links: Extract<AnyNode, { type: 'MemberExpression' }>[] = [];
    let object: AnyNode = node;
    while (object.type === 'MemberExpression' || object.type === 'ChainExpression') {
      if (object.type === 'ChainExpression') object = object.expression;
      else {
        links.push(object);
        object = object.object;
      }
    }
    const outer = links[0];
    if (outer === undefined) return this.#visit(object);
    if (object.type !== 'Identifier' || this.#declares(object.name)) {
      this.#visit(outer.object);
      if (outer.computed) this.#visit(outer.property);
      else if (outer.property.type === 'PrivateIdentifier') this.#private(outer.property.name);
      return;
    }
    const chain: Step[] = [];
    let open = true;
    for (const { computed, property } of links.reverse()) {
      if (!computed) {
        if (property.type === 'PrivateIdentifier') {
          this.#private(property.name);
          open = false;
        } else if (open && property.type === 'Identifier') chain.push(property.name);
        continue;
      }
      this.#visit(property);
      if (!open) continue;
      if (property.type === 'Literal') chain.push(String(property.value));
      else {
        const isOuter = property.type === 'Identifier' && !this.#declares(property.name);
        chain.push(isOuter ? { variable: property.name } : null);
        open = false;
      }
    }
    this.#use(object.name, object, { chain });
  }

  #visit(node: AnyNode): void {
    switch (node.type) {
      case 'Identifier':
        return this.#use(node.name, node);
      case 'ThisExpression':
        if (this.#depth === 0) this.#usesThis = true;
        else this.#usesInnerThis = true;
        return;
      case 'Super':
        if (this.#depth <= this.#homeDepth) this.#usesSuper = true;
        return;
      case 'MetaProperty':
        if (node.meta.name === 'import') this.#metas.push(this.#range(node));
        else if (this.#depth === 0) this.#usesNewTarget = true;
        return;
      case 'ImportExpression': {
        const start = node.start - this.#offset;
        this.#imports.push([start, start + 'import'.length]);
        return this.#each(children(node));
      }
      case 'MemberExpression':
        return this.#member(node);
      case 'ChainExpression':
        return node.expression.type === 'MemberExpression'
          ? this.#member(node)
          : this.#visit(node.expression);
      case 'CallExpression':
        if (node.callee.type === 'Identifier' && node.callee.name === 'eval' && !this.#declares('eval')) {
          this.#usesEval = true;
        }
        return this.#each([node.callee, ...node.arguments]);
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'FunctionDeclaration':
        return this.#function(node);
      case 'ClassExpression':
      case 'ClassDeclaration':
        return this.#class(node, false);
      case 'Property':
        if (node.computed) this.#visit(node.key);
        if (node.shorthand && node.value.type === 'Identifier') {
          return this.#use(node.value.name, node.value, { shorthand: true });
        }
        return this.#visit(node.value);
      case 'BlockStatement': {
        const names = new Set<string>();
        lexicalNames(node.body, names);
        return this.#within(names, () => this.#each(node.body));
      }
      case 'SwitchStatement': {
        this.#visit(node.discriminant);
        const names = new Set<string>();
        for (const { consequent } of node.cases) lexicalNames(consequent, names);
        return this.#within(names, () => {
          for (const { test, consequent } of node.cases) this.#each([test, ...consequent]);
        });
      }
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.#loop(node);
      case 'CatchClause': {
        const names = new Set<string>();
        patternNames(node.param, (name) => names.add(name));
        return this.#within(names, () => {
          if (node.param) this.#pattern(node.param, false);
          this.#visit(node.body);
        });
      }
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) {
          this.#pattern(id, false);
          if (init) this.#visit(init);
        }
        return;
      case 'AssignmentExpression':
        this.#pattern(node.left, true);
        return this.#visit(node.right);
      case 'UpdateExpression':
        return this.#pattern(node.argument, true);
      case 'LabeledStatement':
        return this.#visit(node.body);
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      case 'WithStatement':
        this.#usesWith = true;
        return this.#each([node.object, node.body]);
      case 'BinaryExpression':
        if (node.left.type === 'PrivateIdentifier') {
          this.#private(node.left.name);
          return this.#visit(node.right);
        }
        return this.#each([node.left, node.right]);
      default:
        return this.#each(children(node));
    }
  }

  #loop(node: Extract<AnyNode, { type: 'ForStatement' | 'ForInStatement' | 'ForOfStatement' }>): void {
    const head = node.type === 'ForStatement' ? node.init : node.left;
    const names = new Set<string>();
    if (head?.type === 'VariableDeclaration') lexicalNames([head], names);
    this.#within(names, () => {
      if (node.type === 'ForStatement') this.#each([node.init, node.test, node.update]);
      else {
        if (node.left.type === 'VariableDeclaration') this.#visit(node.left);
        else this.#pattern(node.left, true);
        this.#visit(node.right);
      }
      this.#visit(node.body);
    });
  }
}

function localNames(node: FunctionLike): Set<string> {
  const names = new Set<string>();
  for (const parameter of node.params) patternNames(parameter, (name) => names.add(name));
  if (node.body.type === 'BlockStatement') {
    varNames(node.body, names);
    lexicalNames(node.body.body, names);
  }
  return names;
}
