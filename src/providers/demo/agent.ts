/**
 * The demo agent: a small program that speaks NDJSON over stdin and stdout, as the real CLIs do, and has no model behind it.
 * In: `{"messages": [{"role", "text"}], "max_tokens"?, "functions"?, "must_call"?, "json"?}`, a line a turn. Out: `delta` or `call` lines, then one `done` or `failed` line.
 * What a prompt can tell it to do is in the README: `[[demo first=500 delay=100 words=20 fail=after crash=3 hang=2]]`, `[[call get_weather {"city": "Oslo"}]]`, `[[then get_time {"city": "Oslo"}]]`.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

interface DemoTurn {
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  readonly max_tokens?: number;
  /** The functions it may call, each with arguments that fit. */
  readonly functions?: Readonly<Record<string, string>>;
  readonly must_call?: boolean;
  /** What to answer where the answer has to be JSON. */
  readonly json?: string;
}

interface Call {
  readonly name: string;
  readonly json: string;
}

interface Orders {
  readonly words: number;
  readonly first: number;
  readonly delay: number;
  readonly crash: number;
  readonly hang: number;
  readonly fail: string | undefined;
}

const MAX_WORDS = 100_000;
const MAX_WAIT_MS = 600_000;

for await (const line of createInterface({ input: process.stdin })) {
  await answer(JSON.parse(line) as DemoTurn);
}

async function answer(turn: DemoTurn): Promise<void> {
  const { messages, max_tokens: maxTokens = Infinity } = turn;
  const said = messages.at(-1)?.text ?? '';
  const orders = ordersIn(said);
  const calls = callsOf(turn);
  if (calls.length > 0) {
    await sleep(orders.first);
    call(calls, messages);
    return;
  }
  const words = turn.json === undefined ? wordsOf(turn, orders.words) : [turn.json];
  const sent = words.slice(0, maxTokens);
  if (orders.fail !== 'before') await speak(orders.fail === 'after' ? sent.slice(0, Math.ceil(sent.length / 2)) : sent, orders);
  if (orders.fail !== undefined) {
    say({ type: 'failed', message: 'The prompt told the demo agent to fail.' });
    return;
  }
  say({ type: 'done', reason: sent.length < words.length ? 'length' : 'stop', ...tokensOf(messages, sent.length) });
}

function call(calls: readonly Call[], messages: DemoTurn['messages']): void {
  for (const made of calls) say({ type: 'call', ...made });
  say({ type: 'done', reason: 'tool-calls', ...tokensOf(messages, calls.length) });
}

function tokensOf(messages: DemoTurn['messages'], output: number): object {
  return { input_tokens: messages.reduce((sum, { text }) => sum + countWords(text), 0), output_tokens: output };
}

/** The calls that the prompt tells it to make, or names; where one is demanded and none named, of the first function. */
function callsOf({ messages, functions = {}, must_call: mustCall = false }: DemoTurn): Call[] {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const said = messages[asked]?.text ?? '';
  const results = messages.slice(asked + 1).filter(({ role }) => role === 'tool').length;
  const told = toldIn(said).filter(({ name }) => Object.hasOwn(functions, name));
  const calls = told.filter(({ when }) => when === 'call');
  if (results > 0) return told.filter(({ when }) => when === 'then').filter((_, at) => at === results - calls.length);
  if (calls.length > 0) return calls;
  const words = new Set(said.match(/[\w-]+/g));
  const offered = Object.entries(functions).map(([name, json]) => ({ name, json }));
  const named = offered.filter(({ name }) => words.has(name));
  return named.length > 0 || !mustCall ? named : offered.slice(0, 1);
}

/** `call`: now, all at once; `then`: each when the calls before it have their results. */
function toldIn(said: string): (Call & { readonly when: string })[] {
  return [...said.matchAll(/\[\[(call|then) ([\w-]{1,128}) (\{.{0,10000}?\})\]\]/g)].map(([, when = '', name = '', json = '']) => ({ when, name, json }));
}

async function speak(words: readonly string[], { first, delay, crash, hang }: Orders): Promise<void> {
  await sleep(first);
  for (const [index, word] of words.entries()) {
    if (index > 0 && delay > 0) await sleep(delay);
    say({ type: 'delta', text: index === 0 ? word : ` ${word}` });
    if (index + 1 === crash) process.exit(3);
    if (index + 1 === hang) await new Promise(() => undefined);
  }
}

/** What the prompt tells the agent to do; 0 and undefined: nothing of the kind. */
function ordersIn(said: string): Orders {
  const directive = /\[\[demo ([^\]]*)\]\]/.exec(said)?.[1] ?? '';
  const number = (name: string, limit: number): number => Math.min(Number(new RegExp(`(?:^| )${name}=(\\d+)`).exec(directive)?.[1] ?? 0), limit);
  return {
    words: number('words', MAX_WORDS),
    first: number('first', MAX_WAIT_MS),
    delay: number('delay', MAX_WAIT_MS),
    crash: number('crash', MAX_WORDS),
    hang: number('hang', MAX_WORDS),
    fail: /(?:^| )fail=(before|after)/.exec(directive)?.[1],
  };
}

function wordsOf({ messages }: DemoTurn, count: number): string[] {
  if (count > 0) return Array.from({ length: count }, (_, index) => `word${index + 1}`);
  const results = messages.slice(messages.findLastIndex(({ role }) => role !== 'tool') + 1).map(({ text }) => `"${quoteOf(text)}"`);
  if (results.length > 0) return `This is the SheLLM demo agent: no language model is behind it. The function answered: ${results.join(', ')}.`.split(' ');
  const turns = messages.length;
  const earlier = turns > 1 ? ` (turn ${Math.ceil(turns / 2)} of this conversation)` : '';
  const quote = quoteOf(messages.at(-1)?.text ?? '');
  return `This is the SheLLM demo agent: no language model is behind it. You said${earlier}: "${quote}". Log in a CLI or set OPENAI_API_KEY for real answers.`.split(' ');
}

function quoteOf(text: string): string {
  return text
    .replace(/<system-reminder>.*?<\/system-reminder>/gs, '') // Claude Code's, around what its user said
    .replace(/\[\[demo [^\]]*\]\]/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}

function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
