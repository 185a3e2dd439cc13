import { hash } from 'node:crypto';
import { type FunctionTool } from '../../kernel/completion-request.js';

/** How the client knows a function that is offered to the model. */
export interface GivenTool {
  readonly kind: 'function' | 'custom';
  readonly name: string;
  readonly namespace?: string;
}

/** The tools of a request: what is offered to the model, under one flat list of names, and what the client calls it. */
export class ToolTable {
  readonly #offered = new Map<string, FunctionTool>();
  readonly #given = new Map<string, GivenTool>();

  get offered(): readonly FunctionTool[] {
    return [...this.#offered.values()];
  }

  /** A tool that is given twice counts once. */
  add(tool: FunctionTool, given: Omit<GivenTool, 'name'> & { readonly name?: string }): void {
    this.#offered.set(tool.name, tool);
    this.#given.set(tool.name, { name: tool.name, ...given });
  }

  /** What the client calls it: a function of that name where it is not known. */
  given(name: string): GivenTool {
    return this.#given.get(name) ?? { kind: 'function', name };
  }

  /** Under what name it is offered. */
  offeredAs(name: string, namespace?: string): string {
    return namespace === undefined ? name : flatName(namespace, name);
  }

  has(name: string): boolean {
    return this.#offered.has(name);
  }
}

/** What vendors take at most. */
const MAX_NAME = 64;

/** A name of a namespace, as one name; a long one is cut, the same every time. */
export function flatName(namespace: string, name: string): string {
  const flat = `${namespace}__${name}`;
  return flat.length <= MAX_NAME ? flat : `${flat.slice(0, MAX_NAME - 9)}_${hash('sha256', flat).slice(0, 8)}`;
}
