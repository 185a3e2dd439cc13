/** How a turn may end for the client: with the whole answer (its text), or with an error of this code. */
type End = { readonly text: string } | string;

export interface Fault {
  readonly name: string;
  /** For people. */
  readonly what: string;
  readonly ends: readonly End[];
  /** It is the account's, and outlives its turn. */
  readonly lasting?: boolean;
  /** What the demo agent is told where it can do the same; its words differ. */
  readonly demo?: string;
}

const wholeAnswer = 'half an answer and the rest';
const whole = { text: wholeAnswer };
const died = ['cli_failed'];
const silent = ['timeout'];
const upstream = ['upstream_error'];

/** What each fake CLI does (`selftest/faults.mjs`). The account's own troubles come last: they may outlive their turn. */
export const cliFaults: readonly Fault[] = [
  { name: 'none', what: 'nothing: it answers', ends: [whole], demo: 'words=3' },
  { name: 'exit-first', what: 'exits with code 1 before it says anything, a secret and a path on stderr', ends: died },
  { name: 'killed-first', what: 'is killed (SIGKILL) before it says anything', ends: died },
  { name: 'killed-mid-line', what: 'is killed (SIGKILL) within a line', ends: died },
  { name: 'half-line', what: 'exits with code 0 within a line', ends: died },
  { name: 'no-end', what: 'exits in the middle of its answer', ends: died, demo: 'words=3 crash=2' },
  { name: 'stall-first', what: 'says nothing at all', ends: silent, demo: 'words=3 first=600000' },
  { name: 'stall', what: 'falls silent in the middle of its answer', ends: silent, demo: 'words=3 hang=2' },
  { name: 'stubborn', what: 'falls silent and ignores SIGTERM', ends: silent },
  { name: 'deaf', what: 'falls silent and reads its stdin no more', ends: silent },
  { name: 'late-answer', what: 'falls silent, and answers once it is told to end', ends: silent },
  { name: 'stdout-closed', what: 'closes its stdout and lives on', ends: died },
  { name: 'endless-line', what: 'a line without an end', ends: ['output_limit_exceeded', ...silent] },
  { name: 'endless-answer', what: 'an answer without an end', ends: ['output_limit_exceeded', ...silent] },
  { name: 'stderr-flood', what: 'complains on stderr without an end', ends: ['output_limit_exceeded', ...silent] },
  { name: 'grandchildren', what: 'exits, and leaves children that hold its pipes and ignore SIGTERM', ends: died },
  { name: 'escapee', what: 'exits, and leaves such children outside its process group', ends: [...died, ...silent] },
  { name: 'garbage', what: 'lines that are not of its protocol, then its answer', ends: [whole, ...died] },
  { name: 'unknown-events', what: 'events that nobody knows yet, then its answer', ends: [whole] },
  { name: 'split-utf8', what: 'its answer byte by byte', ends: [{ text: 'half an answer naïve 🦀 日本' }] },
  { name: 'drip', what: 'its answer letter by letter', ends: [whole], demo: 'words=3 delay=50' },
  { name: 'ends-twice', what: 'says twice that it is done', ends: [whole] },
  {
    name: 'writes-after-end',
    what: 'says more after it is done; what came in one piece with the end may be in the answer',
    ends: [whole, { text: `${wholeAnswer}after the end` }],
  },
  { name: 'refuses', what: 'says in the middle of its answer that it failed', ends: [...died, ...upstream], demo: 'words=3 fail=after' },
  { name: 'limited', what: "the subscription's limit is reached", ends: ['provider_rate_limited'], lasting: true },
  { name: 'logged-out', what: 'is not logged in any more', ends: ['provider_unavailable'], lasting: true },
];

/** What the fake API vendor does (`faulty-vendor.ts`). */
export const apiFaults: readonly Fault[] = [
  { name: 'none', what: 'nothing: it answers', ends: [whole] },
  { name: 'refused', what: 'does not listen', ends: upstream },
  { name: 'reset-first', what: 'closes the connection before it says anything', ends: upstream },
  { name: 'reset', what: 'closes the connection in the middle of its answer', ends: upstream },
  { name: 'stall-first', what: 'says nothing at all', ends: silent },
  { name: 'stall', what: 'falls silent in the middle of its answer', ends: silent },
  { name: 'slow-head', what: 'its headers drop by drop', ends: [whole] },
  { name: 'endless-head', what: 'a megabyte of headers', ends: upstream },
  { name: 'half-event', what: 'ends within an event', ends: upstream },
  { name: 'no-end', what: 'ends without the end of its answer', ends: upstream },
  { name: 'bad-json', what: 'JSON that is none', ends: upstream },
  { name: 'wrong-type', what: 'a web page, with status 200', ends: upstream },
  { name: 'wrong-shape', what: 'JSON that is no answer', ends: upstream },
  { name: 'wrong-values', what: 'the members of an answer with values of another type', ends: upstream },
  { name: 'redirect', what: 'a redirect; it is not followed', ends: upstream },
  { name: 'endless', what: 'an answer without an end', ends: ['output_limit_exceeded', ...silent] },
  { name: 'split-utf8', what: 'its answer byte by byte', ends: [{ text: 'half an answer naïve 🦀 日本' }] },
  { name: 'status-500', what: 'status 500', ends: upstream },
  { name: 'status-503', what: 'status 503 with a web page', ends: upstream },
  { name: 'status-429', what: 'status 429', ends: ['provider_rate_limited'] },
  { name: 'status-401', what: "status 401: the gateway's key is refused", ends: ['provider_unavailable'] },
];

/** The fault that words ask for: the last `[[fault NAME]]`, if any. */
export function faultIn(text: string): string | undefined {
  return [...text.matchAll(/\[\[fault ([\w-]+)\]\]/g)].at(-1)?.[1];
}

/** A fault as a provider can play it, and what it is asked; undefined where it cannot. */
export function playedBy(provider: string, fault: Fault): { readonly fault: Fault; readonly prompt: string } | undefined {
  if (provider !== 'demo') return { fault, prompt: `[[fault ${fault.name}]]` };
  if (fault.demo === undefined) return undefined;
  return { fault: { ...fault, ends: fault.ends.map((end) => (typeof end === 'string' ? end : { text: 'word1 word2 word3' })) }, prompt: `[[demo ${fault.demo}]]` };
}
