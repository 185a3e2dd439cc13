import { hash } from 'node:crypto';
import { type BatchProblem } from './batch.js';
import { type InputLine } from './input-lines.js';
import { isProblem, parseLine } from './parse-line.js';

/** As many requests a batch may have. */
const MAX_REQUESTS = 50_000;
/** As many problems are told. */
const MAX_PROBLEMS = 100;
/** A longer name is remembered by its hash. */
const SHORT = 44;

/** What there is to say of a batch's input: how many requests it has, or what is wrong with it. */
export interface Verdict {
  readonly total: number;
  readonly problems: readonly BatchProblem[];
}

/** Looks through a batch's input, a line at a time: of each only its `custom_id` is remembered. */
export async function validateInput(lines: AsyncIterable<InputLine>, endpoint: string): Promise<Verdict> {
  const problems: BatchProblem[] = [];
  const seen = new Set<string>();
  let total = 0;
  for await (const { number, text } of lines) {
    total += 1;
    if (total > MAX_REQUESTS) {
      problems.push({ code: 'too_many_requests', message: `A batch has at most ${MAX_REQUESTS} requests.`, param: null, line: number });
      break;
    }
    const parsed = parseLine(text, endpoint);
    if (isProblem(parsed)) problems.push({ ...parsed, line: number });
    else if (isNew(parsed.customId, seen)) continue;
    else problems.push({ code: 'duplicate_custom_id', message: 'Another line has the same "custom_id".', param: 'custom_id', line: number });
    if (problems.length >= MAX_PROBLEMS) break;
  }
  if (total === 0) problems.push({ code: 'empty_file', message: 'The input file has no requests.', param: 'input_file_id', line: null });
  return { total, problems };
}

function isNew(customId: string, seen: Set<string>): boolean {
  const name = customId.length <= SHORT ? customId : `${hash('sha256', customId, 'base64')}=`;
  if (seen.has(name)) return false;
  seen.add(name);
  return true;
}
