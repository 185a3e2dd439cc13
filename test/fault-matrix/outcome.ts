import { type Fault } from './faults.js';

/** What the client was told, whole: where it streamed, the text of the events. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

/** The status of each code (contract, section 5). */
const statuses: Readonly<Record<string, number>> = {
  cli_failed: 502,
  upstream_error: 502,
  output_limit_exceeded: 502,
  timeout: 504,
  provider_rate_limited: 429,
  provider_unavailable: 503,
};

/** Why the end of a turn is not honest; undefined where it is. */
export function dishonesty({ ends }: Fault, told: Told, stream: boolean): string | undefined {
  const raw = typeof told.body === 'string' ? told.body : JSON.stringify(told.body);
  if (/secret-user|\/home\/|sk-secret|\n +at |node_modules/.test(raw)) return `it tells a secret or a path: ${raw.slice(0, 300)}`;
  let end: Ended;
  try {
    end = stream && told.status === 200 ? endOfStream(raw) : endOfJson(told);
  } catch (error) {
    return `${told.status} ${String(error)}: ${raw.slice(-300)}`;
  }
  const allowed = ends.some((candidate) => (typeof candidate === 'string' ? candidate === end.code : end.text === candidate.text));
  return allowed && end.wrong === undefined ? undefined : `${told.status} ${end.wrong ?? ''} ${JSON.stringify(end)}: ${raw.slice(-300)}`;
}

interface Ended {
  readonly text?: string;
  readonly code?: string;
  readonly wrong?: string;
}

interface Completion {
  readonly choices?: readonly { readonly message?: { readonly content: string }; readonly delta?: { readonly content?: string }; readonly finish_reason?: string | null }[];
  readonly error?: { readonly code: string; readonly message: string };
}

function endOfJson({ status, body }: Told): Ended {
  const { choices, error } = body as Completion;
  if (error) return { code: error.code, ...(statuses[error.code] === status ? {} : { wrong: 'the status is not that of the code' }) };
  const choice = choices?.[0];
  return { text: choice?.message?.content ?? '', ...(status === 200 && choice?.finish_reason === 'stop' ? {} : { wrong: 'an answer without its end' }) };
}

/** What passes through may be broken, or no object: it counts for nothing. */
function chunkOf(frame: string): Completion {
  try {
    return Object(JSON.parse(frame.slice(6))) as Completion;
  } catch {
    return {};
  }
}

/** An error ends a stream without `[DONE]` and without a finish reason that looks like a whole answer; an answer has both, once. */
function endOfStream(raw: string): Ended {
  const frames = raw.split('\n\n').filter((frame) => frame.startsWith('data: '));
  const done = frames.filter((frame) => frame === 'data: [DONE]').length;
  const chunks = frames.filter((frame) => frame !== 'data: [DONE]').map(chunkOf);
  const reasons = chunks.flatMap(({ choices }) => choices?.[0]?.finish_reason ?? []);
  const failure = chunks.find(({ error }) => error)?.error;
  if (failure) return { code: failure.code, ...(done === 0 && reasons.join() === 'error' && chunks.at(-1)?.error ? {} : { wrong: `${done} [DONE], ${reasons.join()}` }) };
  const text = chunks.map(({ choices }) => choices?.[0]?.delta?.content ?? '').join('');
  return { text, ...(done === 1 && frames.at(-1) === 'data: [DONE]' && reasons.join() === 'stop' ? {} : { wrong: `${done} [DONE], ${reasons.join()}` }) };
}
