import { z } from 'zod';

/** A call of a tool, by the name that the client gave the tool. */
export interface ToolUse {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A call that a vendor is told to make, and what the client answers it with, or a part of that. */
export interface ToldCall extends ToolUse {
  readonly result: string;
}

/** Tokens in the neutral way: `input` and `output` are the whole, `cached` and `reasoning` parts of them. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
}

/** What a client made of an answer; of a tool loop, of all its answers. */
export interface Seen {
  readonly text: string;
  /** The pieces in which a stream brought the text; 0 for what was not streamed. */
  readonly pieces?: number;
  /** The tools that it ran. */
  readonly calls?: readonly ToolUse[];
  /** What its own answer to a schema was, parsed. */
  readonly object?: unknown;
  /** What it tells of the tokens. */
  readonly tokens: Partial<Tokens>;
}

/** What a client is told to ask, and whom. */
export interface Question {
  /** The gateway, without `/v1`. */
  readonly url: string;
  readonly model: string;
  readonly prompt: string;
}

/** A program or library that people put before the gateway, driven as its own documentation does it. */
export interface Client {
  readonly name: string;
  /** The two calls of a tool loop and of parallel calls, in tools of its own. */
  readonly calls: readonly [ToldCall, ToldCall];
  /** The name of the tool by which it wants the answer to a schema, where it is one. */
  readonly schemaTool?: string;
  /** Whether it shows an answer only when it is whole, although it asked for a stream. */
  readonly printsWhole?: boolean;
  /** The figures that its own interface has. */
  readonly tells: readonly (keyof Tokens)[];
  chat(question: Question): Promise<Seen>;
  stream(question: Question): Promise<Seen>;
  /** Not streamed, where it has the choice. */
  toolLoop(question: Question): Promise<Seen>;
  /** Streamed, where it has the choice. */
  parallelTools(question: Question): Promise<Seen>;
  /** Asks for a {@link place}. */
  schema(question: Question): Promise<Seen>;
  /** Asks for a stream, leaves when `underWay` resolves, and returns when it is done with it. */
  abort(question: Question, underWay: () => Promise<void>): Promise<void>;
}

export const place = z.object({ city: z.string(), degrees: z.number(), tags: z.array(z.string()) });

/** For clients that take JSON Schema. */
export function jsonSchemaOf(type: z.ZodType): Record<string, unknown> {
  return Object.fromEntries(Object.entries(type.toJSONSchema()).filter(([keyword]) => keyword !== '$schema'));
}

/** The tools of clients that bring none of their own. */
export interface HouseTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: z.ZodObject<{ city: z.ZodString }>;
  readonly run: (args: { readonly city: string }) => string;
}

const city = z.object({ city: z.string() });
export const houseTools: readonly HouseTool[] = [
  { name: 'get_weather', description: 'The weather of a city', parameters: city, run: (args) => `21 degrees in ${args.city}` },
  { name: 'get_time', description: 'The local time of a city', parameters: city, run: (args) => `noon in ${args.city}` },
];

export const houseCalls = [
  { name: 'get_weather', args: { city: 'Paris' }, result: '21 degrees in Paris' },
  { name: 'get_time', args: { city: 'Oslo' }, result: 'noon in Oslo' },
] as const;

export const everyFigure = ['input', 'output', 'cached', 'reasoning'] as const;

/** What a run of calls cost, from what its answers tell. A figure that one of them lacks is not told. */
export function sum(figures: readonly Partial<Tokens>[]): Partial<Tokens> {
  const names = everyFigure.filter((name) => figures.every((figure) => figure[name] !== undefined));
  return Object.fromEntries(names.map((name) => [name, figures.reduce((total, figure) => total + (figure[name] ?? 0), 0)]));
}

/** Everything that a stream brings. */
export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** The error of a call that the client itself ended is none. */
export async function leaving(call: Promise<unknown>): Promise<void> {
  await call.then(
    () => undefined,
    () => undefined,
  );
}
