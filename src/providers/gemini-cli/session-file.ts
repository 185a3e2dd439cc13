import { createHash, randomUUID } from 'node:crypto';

export type HistoryPart = { readonly text: string } | { readonly inlineData: { readonly mimeType: string; readonly data: string } };

export interface HistoryTurn {
  readonly role: 'user' | 'model';
  readonly parts: readonly HistoryPart[];
}

/** What a turn has cost, in the CLI's own words. */
export interface RecordedTokens {
  /** Of the message that they are of. */
  readonly id?: string | undefined;
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
 * of the versions from `MINIMUM_VERSION` on.
 *
 * @param cwd the folder that the session belongs to
 */
export function encodeSessionFile(id: string, cwd: string, history: readonly HistoryTurn[], model: string): string {
  const projectHash = createHash('sha256').update(cwd).digest('hex');
  const head = { sessionId: id, projectHash, startTime: TIME, lastUpdated: TIME, kind: 'main' };
  const messages = history.map((turn) => ({ id: randomUUID(), timestamp: TIME, ...encodeTurn(turn, model) }));
  return `${JSON.stringify(head)}\n${JSON.stringify({ $set: { messages } })}\n`;
}

/** The tokens of the last answer that the CLI has noted, which tell more than what it says of them; undefined where there are none. @param text the file, or its end */
export function readTokens(text: string): RecordedTokens | undefined {
  for (const line of text.split('\n').reverse()) {
    if (!line.includes('"tokens"')) continue;
    const tokens = tokensOf(line);
    if (tokens) return tokens;
  }
  return undefined;
}

function tokensOf(line: string): RecordedTokens | undefined {
  try {
    const { id, type, tokens } = JSON.parse(line) as { readonly id?: string; readonly type?: unknown; readonly tokens?: Partial<RecordedTokens> | null };
    const { input, output, cached, thoughts } = tokens ?? {};
    return type === 'gemini' && isCount(input) && isCount(output) && isCount(cached) && isCount(thoughts) ? { id, input, output, cached, thoughts } : undefined;
  } catch {
    return undefined; // half a line
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function encodeTurn({ role, parts }: HistoryTurn, model: string): object {
  if (role === 'user') return { type: 'user', content: parts };
  return { type: 'gemini', content: parts.map((part) => ('text' in part ? part.text : '')).join('\n\n'), thoughts: [], tokens: null, model };
}

function shortId(id: string): string {
  return id.slice(0, 8);
}
