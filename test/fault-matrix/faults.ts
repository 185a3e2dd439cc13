/** How a turn may end for the client: with the whole answer (its text), or with an error of this code. */
type End = { readonly text: string } | string;

export interface Fault {
  readonly name: string;
  /** For people. */
  readonly what: string;
  readonly ends: readonly End[];
  /** It is the account's, and outlives its turn. */
  readonly lasting?: boolean;
}

const whole = { text: 'half an answer and the rest' };
const died = ['cli_failed'];
const silent = ['timeout'];

/** What each fake CLI does (`test/fake-cli/faults.mjs`). The account's own troubles come last: they may outlive their turn. */
export const cliFaults: readonly Fault[] = [
  { name: 'none', what: 'nothing: it answers', ends: [whole] },
  { name: 'exit-first', what: 'exits with code 1 before it says anything, a secret and a path on stderr', ends: died },
  { name: 'killed-first', what: 'is killed (SIGKILL) before it says anything', ends: died },
  { name: 'killed-mid-line', what: 'is killed (SIGKILL) within a line', ends: died },
  { name: 'half-line', what: 'exits with code 0 within a line', ends: died },
  { name: 'no-end', what: 'exits with code 0 in the middle of its answer', ends: died },
  { name: 'stall-first', what: 'says nothing at all', ends: silent },
  { name: 'stall', what: 'falls silent in the middle of its answer', ends: silent },
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
  { name: 'drip', what: 'its answer letter by letter', ends: [whole] },
  { name: 'ends-twice', what: 'says twice that it is done', ends: [whole] },
  { name: 'writes-after-end', what: 'says more after it is done; what came in one piece with the end may be in the answer', ends: [whole, { text: `${whole.text}after the end` }] },
  { name: 'limited', what: "the subscription's limit is reached", ends: ['provider_rate_limited'], lasting: true },
  { name: 'logged-out', what: 'is not logged in any more', ends: ['provider_unavailable'], lasting: true },
];

/** What the fake API vendor does (`vendor.ts`). */
export const apiFaults: readonly Fault[] = [
  { name: 'none', what: 'nothing: it answers', ends: [whole] },
  { name: 'reset-first', what: 'closes the connection before it says anything', ends: ['upstream_error'] },
  { name: 'reset', what: 'closes the connection in the middle of its answer', ends: ['upstream_error'] },
  { name: 'stall-first', what: 'says nothing at all', ends: silent },
  { name: 'stall', what: 'falls silent in the middle of its answer', ends: silent },
  { name: 'half-event', what: 'ends within an event', ends: ['upstream_error'] },
  { name: 'no-end', what: 'ends without the end of its answer', ends: ['upstream_error'] },
  { name: 'bad-json', what: 'JSON that is none', ends: ['upstream_error'] },
  { name: 'wrong-type', what: 'a web page, with status 200', ends: ['upstream_error'] },
  { name: 'wrong-shape', what: 'JSON that is no answer', ends: ['upstream_error'] },
  { name: 'redirect', what: 'a redirect; it is not followed', ends: ['upstream_error'] },
  { name: 'endless', what: 'an answer without an end', ends: ['output_limit_exceeded', ...silent] },
  { name: 'split-utf8', what: 'its answer byte by byte', ends: [{ text: 'half an answer naïve 🦀 日本' }] },
  { name: 'status-500', what: 'status 500', ends: ['upstream_error'] },
  { name: 'status-503', what: 'status 503 with a web page', ends: ['upstream_error'] },
  { name: 'status-429', what: 'status 429', ends: ['provider_rate_limited'] },
  { name: 'status-401', what: "status 401: the gateway's key is refused", ends: ['provider_unavailable'] },
];
