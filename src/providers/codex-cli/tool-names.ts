import { type FunctionTool } from '../../kernel/completion-request.js';

/** The CLI keeps `mcp__` for tool servers of its own, and silently drops a function that is called like its shell. */
const RESERVED = /^mcp__|^exec_command$/;

/** The functions of a request by names that the CLI takes, and back. */
export class ToolNames {
  readonly tools: readonly FunctionTool[];
  readonly #given = new Map<string, string>();
  readonly #taken = new Map<string, string>();

  constructor(tools: readonly FunctionTool[]) {
    const used = new Set(tools.map(({ name }) => name));
    this.tools = tools.map((tool) => {
      let name = freed(tool.name);
      while (name !== tool.name && used.has(name)) name = `_${name}`;
      used.add(name);
      this.#given.set(name, tool.name);
      this.#taken.set(tool.name, name);
      return name === tool.name ? tool : { ...tool, name };
    });
  }

  /** What the CLI calls a function, be it one of the history alone. */
  taken(name: string): string {
    return this.#taken.get(name) ?? freed(name);
  }

  /** What the client calls it; undefined for one that is not offered. */
  given(name: string): string | undefined {
    return this.#given.get(name);
  }
}

function freed(name: string): string {
  return RESERVED.test(name) ? `_${name}` : name;
}
