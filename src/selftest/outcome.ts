import { type Fault } from './faults.js';

/** What the client was told, whole: where it streamed, the text of the events. */
export interface Told {
  readonly status: number;
  readonly text: string;
}

/** How a turn ended. */
export interface Ended {
  /** In one word: `answer`, the error's code, `lie` for what cannot be read. */
  readonly as: string;
  /** Why that is not honest; undefined where it is. */
  readonly complaint?: string | undefined;
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

interface End {
  readonly text?: string;
  readonly code?: string;
  readonly wrong?: string;
}

/** Judges an answer of `/v1/chat/completions` by how the fault may end. */
export function outcomeOf({ ends }: Fault, told: Told, stream: boolean): Ended {
  const shown = told.text.slice(-300);
  let end: End;
  try {
    end = stream && told.status === 200 ? endOfStream(told.text) : endOfJson(told);
  } catch (error) {
    return { as: 'lie', complaint: `${told.status} ${String(error)}: ${shown}` };
  }
  const as = end.code ?? 'answer';
  if (/secret-user|\/home\/|sk-secret|\n +at |node_modules/.test(told.text)) return { as, complaint: `it tells a secret or a path: ${shown}` };
  const allowed = ends.some((candidate) => (typeof candidate === 'string' ? candidate === end.code : end.text === candidate.text));
  return allowed && end.wrong === undefined ? { as } : { as, complaint: `${told.status} ${end.wrong ?? 'another end than it has to be'}: ${shown}` };
}

interface Completion {
  readonly choices?: readonly { readonly message?: { readonly content: string }; readonly delta?: { readonly content?: string }; readonly finish_reason?: string | null }[];
  readonly error?: { readonly code: string; readonly message: string };
}

function endOfJson({ status, text }: Told): End {
  const { choices, error } = JSON.parse(text) as Completion;
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

/** Of what passes through, not even the members are sure. */
function choiceOf({ choices }: Completion): { readonly text: string; readonly reason: string[] } {
  const choice = Array.isArray(choices) ? (choices as NonNullable<Completion['choices']>)[0] : undefined;
  const content = choice?.delta?.content;
  return { text: typeof content === 'string' ? content : '', reason: typeof choice?.finish_reason === 'string' ? [choice.finish_reason] : [] };
}

/** An error ends a stream without `[DONE]` and without a finish reason that looks like a whole answer; an answer has both, once. */
function endOfStream(raw: string): End {
  const frames = raw.split('\n\n').filter((frame) => frame.startsWith('data: '));
  const done = frames.filter((frame) => frame === 'data: [DONE]').length;
  const chunks = frames.filter((frame) => frame !== 'data: [DONE]').map(chunkOf);
  const choices = chunks.map(choiceOf);
  const reasons = choices.flatMap(({ reason }) => reason).join();
  const failure = chunks.find(({ error }) => error)?.error;
  if (failure) return { code: failure.code, ...(done === 0 && reasons === 'error' && chunks.at(-1)?.error ? {} : { wrong: `${done} [DONE], ${reasons}` }) };
  const text = choices.map((choice) => choice.text).join('');
  return { text, ...(done === 1 && frames.at(-1) === 'data: [DONE]' && reasons === 'stop' ? {} : { wrong: `${done} [DONE], ${reasons}` }) };
}
