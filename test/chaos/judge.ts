/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-call -- whatever a client may be told is looked at freely */
import { type Api } from './wild-request.js';

/** What a turn of a shared process may end with, whatever was asked of it: another one's fault may have ended the process. In each API's words. */
const codes: Readonly<Record<Api, ReadonlySet<string>>> = {
  chat: new Set(['cli_failed', 'upstream_error', 'output_limit_exceeded', 'timeout', 'provider_rate_limited', 'provider_unavailable']),
  messages: new Set(['api_error', 'timeout_error', 'rate_limit_error', 'overloaded_error']),
  responses: new Set(['cli_failed', 'upstream_error', 'output_limit_exceeded', 'timeout', 'provider_rate_limited', 'provider_unavailable', 'server_error', 'rate_limit_exceeded']),
};
const texts = new Set(['half an answer and the rest', 'half an answer naïve 🦀 日本', 'half an answer and the restafter the end', 'word1 word2 word3']);

interface Told {
  readonly status: number;
  readonly text: string;
}

/** How an answer that was heard to its end ended: `answer`, or a code. @throws where it is neither a whole answer nor an error of the table */
export function endOf(api: Api, stream: boolean, told: Told): string {
  if (/secret-user|sk-secret|\n +at |node_modules/.test(told.text)) throw new Error(`it tells a secret or a path: ${told.text.slice(-300)}`);
  const { text, code } = stream && told.status === 200 ? streamed[api](framesOf(told.text)) : whole[api](JSON.parse(told.text));
  if (code !== undefined ? codes[api].has(code) : text !== undefined && (texts.has(text) || /^half an answer(word )+$/.test(text))) return code ?? 'answer';
  throw new Error(`${api} ${stream ? 'streamed' : 'JSON'} ${told.status}: ${told.text.slice(-400)}`);
}

interface End {
  readonly text?: string | undefined;
  readonly code?: string | undefined;
}

// Whatever a client may be told.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Body = any;

const codeOf = (body: Body): string | undefined => (body?.error ? String(body.error.code ?? body.error.type) : undefined);
/** An answer without an end may also be cut where the request said. */
const isEnd = (reason: unknown): boolean => reason === 'end_turn' || reason === 'max_tokens';
const ended = (code: string | undefined, isWhole: boolean, text: string): End => (code !== undefined ? { code } : isWhole ? { text } : {});

const whole: Readonly<Record<Api, (body: Body) => End>> = {
  chat: (body) => ended(codeOf(body), body.choices?.[0]?.finish_reason === 'stop', body.choices?.[0]?.message?.content),
  messages: (body) => ended(codeOf(body), isEnd(body.stop_reason), textOf(body.content)),
  responses: (body) => ended(codeOf(body), body.status === 'completed', textOf(body.output?.flatMap(({ content = [] }: Body) => content))),
};

const streamed: Readonly<Record<Api, (frames: readonly Body[]) => End>> = {
  chat: (frames) => {
    const reasons = frames.flatMap((frame) => frame.choices?.[0]?.finish_reason ?? []).join();
    const text = frames.map((frame) => frame.choices?.[0]?.delta?.content ?? '').join('');
    return ended(
      frames.map(codeOf).find((code) => code !== undefined),
      reasons === 'stop' && frames.at(-1) === '[DONE]',
      text,
    );
  },
  messages: (frames) => {
    const text = frames.map((frame) => frame.delta?.text ?? '').join('');
    return ended(
      frames.map(codeOf).find((code) => code !== undefined),
      frames.at(-1)?.type === 'message_stop',
      text,
    );
  },
  responses: (frames) => {
    const last = frames.findLast((frame) => frame !== '[DONE]');
    const text = frames.map((frame) => (frame.type === 'response.output_text.delta' ? frame.delta : '')).join('');
    const code = last?.type === 'error' ? (last.code ?? codeOf(last)) : codeOf(last?.response);
    return ended(code, last?.type === 'response.completed', text);
  },
};

function textOf(parts: Body): string {
  return ((parts ?? []) as Body[]).map(({ text = '' }) => text as string).join('');
}

/** What passes through may be broken: it counts for nothing. */
function framesOf(raw: string): Body[] {
  return raw.split('\n\n').flatMap((frame) => {
    const data = /^data: (.*)$/m.exec(frame)?.[1];
    if (data === undefined || data === '[DONE]') return data === undefined ? [] : [data];
    try {
      return [Object(JSON.parse(data))];
    } catch {
      return [];
    }
  });
}
