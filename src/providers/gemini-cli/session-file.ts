import { createHash, randomUUID } from 'node:crypto';

/** A piece of a conversation in the words of Google's API. */
export type HistoryPart =
  | { readonly text: string }
  | { readonly inlineData: { readonly mimeType: string; readonly data: string } }
  | { readonly functionCall: { readonly id: string; readonly name: string; readonly args: object } }
  | FunctionResponse;

interface FunctionResponse {
  readonly functionResponse: { readonly id: string; readonly name: string; readonly response: { readonly output: string } | { readonly error: string } };
}

export interface HistoryTurn {
  readonly role: 'user' | 'model';
  readonly parts: readonly HistoryPart[];
}

/** What an answer of the vendor's has cost, in the CLI's own words. */
export interface RecordedTokens {
  /** The answer's. */
  readonly id: string;
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly thoughts: number;
}

/** Long ago: the CLI makes a file of its own when it loads one, and overwrites one of the same minute. */
const TIME = '2020-01-01T00:00:00.000Z';
const FILE_TIME = '2020-01-01T00-00';

/** The name under which the CLI looks for a session. */
export function sessionFileName(id: string): string {
  return `session-${FILE_TIME}-${shortId(id)}.jsonl`;
}

/** What all files of a session end with, the CLI's own too. */
export function sessionFileEnd(id: string): string {
  return `-${shortId(id)}.jsonl`;
}

/**
 * A conversation in the CLI's own form, as though it had been held there: the only way in which it takes a history with roles. The form is not documented; it is that
 * of the versions from the minimum on.
 *
 * @param cwd the folder that the session belongs to
 */
export function encodeSessionFile(id: string, cwd: string, history: readonly HistoryTurn[], model: string): string {
  const projectHash = createHash('sha256').update(cwd).digest('hex');
  const head = { sessionId: id, projectHash, startTime: TIME, lastUpdated: TIME, kind: 'main' };
  const messages = history.flatMap((turn, at) => encodeTurn(turn, history[at + 1], model)).map((message) => ({ id: randomUUID(), timestamp: TIME, ...message }));
  return `${JSON.stringify(head)}\n${JSON.stringify({ $set: { messages } })}\n`;
}

/** How many messages of a conversation the CLI repeats when it loads it: those with words or pictures. */
export function repeatedOf(history: readonly HistoryTurn[]): number {
  return history.filter(({ parts }) => parts.some((part) => 'inlineData' in part || ('text' in part && part.text.trim() !== ''))).length;
}

/** The tokens of the answers that the CLI has noted, which tell more than what it says of them, each answer once. @param text the file, or its end */
export function readTokens(text: string): RecordedTokens[] {
  const found = new Map<string, RecordedTokens>();
  for (const line of text.split('\n')) {
    const tokens = line.includes('"tokens"') ? tokensOf(line) : undefined;
    if (tokens) found.set(tokens.id, tokens);
  }
  return [...found.values()];
}

function tokensOf(line: string): RecordedTokens | undefined {
  try {
    const { id, type, tokens } = JSON.parse(line) as { readonly id?: unknown; readonly type?: unknown; readonly tokens?: Partial<RecordedTokens> | null };
    const { input, output, cached, thoughts } = tokens ?? {};
    if (type !== 'gemini' || typeof id !== 'string') return undefined;
    return isCount(input) && isCount(output) && isCount(cached) && isCount(thoughts) ? { id, input, output, cached, thoughts } : undefined;
  } catch {
    return undefined; // half a line
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** @param next the turn behind it, which has the results of its calls: the CLI keeps a call and its result together */
function encodeTurn({ role, parts }: HistoryTurn, next: HistoryTurn | undefined, model: string): object[] {
  if (role === 'user') {
    const content = parts.filter((part) => !('functionResponse' in part));
    return content.length === 0 ? [] : [{ type: 'user', content }];
  }
  const content = parts.flatMap((part) => ('text' in part ? part.text : [])).join('\n\n');
  const results = Map.groupBy((next?.parts ?? []).filter(isResponse), ({ functionResponse }) => functionResponse.id);
  const toolCalls = parts.flatMap((part) => ('functionCall' in part ? encodeCall(part.functionCall, results.get(part.functionCall.id) ?? []) : []));
  return [{ type: 'gemini', content, thoughts: [], tokens: null, model, ...(toolCalls.length === 0 ? {} : { toolCalls }) }];
}

/** `displayName`: the CLI repeats calls too, and this one is not to pass for one that it makes. */
function encodeCall(call: { readonly id: string; readonly name: string; readonly args: object }, result: readonly FunctionResponse[]): object {
  return { ...call, displayName: 'of old', status: 'success', timestamp: TIME, result };
}

function isResponse(part: HistoryPart): part is FunctionResponse {
  return 'functionResponse' in part;
}

function shortId(id: string): string {
  return id.slice(0, 8);
}
