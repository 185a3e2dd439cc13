import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, lastValueFrom, NEVER, Observable, of, throwError, toArray } from 'rxjs';
import { asExpected } from './as-expected.js';
import { type Expectation, type Verdict } from './expectation.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type FinishReason, type StreamEvent } from '../kernel/stream-event.js';
import { type Affinity } from '../providers/provider.js';
import { collect } from '../streaming/collect.js';
import { completionRequest } from '../../test/support/completion-request.js';
import { eventStreams, grammarFault } from '../../test/support/event-arbitraries.js';

const request = completionRequest([{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], { system: ['be brief'] });
const wrong = new GatewayError('invalid_structured_output', 'It is wrong.');
/** Words that begin with `ok` are right, and told in capitals. */
const judge = (text: string): Promise<Verdict> => Promise.resolve(text.startsWith('ok') ? { text: text.toUpperCase() } : { complaint: 'Say ok.', error: wrong });
const expectation: Expectation = { request, held: true, settles: ({ type }) => type === 'tool-call-start', judge };

const start = (id: string): StreamEvent => ({ type: 'stream-start', id, model: 'm', warnings: [] });
const end = (reason: FinishReason = 'stop', inputTokens = 10): StreamEvent => ({ type: 'stream-end', reason, usage: { inputTokens, outputTokens: 1 } });
const said = (id: string, text: string, reason?: FinishReason, input?: number): StreamEvent[] => [
  start(id),
  { type: 'reasoning-start', block: 0 },
  { type: 'reasoning-delta', block: 0, text: `thought ${id}` },
  { type: 'reasoning-end', block: 0 },
  { type: 'text-start', block: 1 },
  ...[...text].map((character): StreamEvent => ({ type: 'text-delta', block: 1, text: character })),
  { type: 'text-end', block: 1 },
  end(reason, input),
];
const call: StreamEvent[] = [
  { type: 'tool-call-start', block: 2, callId: 'c', name: 'f' },
  { type: 'tool-call-delta', block: 2, json: '{}' },
  { type: 'tool-call-end', block: 2 },
];

class Provider {
  readonly asked: CompletionRequest[] = [];
  readonly affinities: Affinity[] = [];
  kept: (string | undefined)[] = [];

  constructor(private readonly answers: readonly Observable<StreamEvent>[]) {}

  /** Keeps its process behind the end, as providers do. */
  readonly turn = (asked: CompletionRequest, affinity: Affinity): Observable<StreamEvent> => {
    const answer = this.answers[this.asked.length] ?? throwError(() => new Error('one turn too many'));
    this.asked.push(asked);
    this.affinities.push(affinity);
    return new Observable((subscriber) =>
      answer.subscribe({
        next: (event) => {
          subscriber.next(event);
          if (event.type === 'stream-end') this.kept.push(affinity.keepKey());
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      }),
    );
  };
}

/** What the process of the conversation was kept as under another name. */
let renamed: string[] = [];
const client = { resumeKey: 'before', keepKey: () => 'after', keptAs: (name: string) => renamed.push(name) };
beforeEach(() => {
  renamed = [];
});

const run = (provider: Provider, what: Expectation = expectation): Promise<StreamEvent[]> => lastValueFrom(asExpected(what, client, provider.turn).pipe(toArray()));
const textOf = async (provider: Provider, what?: Expectation): Promise<string> => (await lastValueFrom(of(...(await run(provider, what))).pipe(collect()))).text;

describe(asExpected.name, () => {
  it('tells an answer that is right, by the words of the verdict, in the process that the conversation knows', async () => {
    const provider = new Provider([of(...said('1', 'ok then'))]);
    const events = await run(provider);
    expect(grammarFault(events)).toBeUndefined();
    expect(await lastValueFrom(of(...events).pipe(collect()))).toMatchObject({ id: '1', text: 'OK THEN', reasoning: 'thought 1', usage: { inputTokens: 10 } });
    expect(provider.affinities[0]?.resumeKey).toBe('before');
    expect(provider.kept).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(renamed).toEqual(provider.kept);
  });

  it('says what is wrong and tells the second answer alone, with the usage of both', async () => {
    const provider = new Provider([of(...said('1', 'no', 'stop', 10)), of(...said('2', 'ok', 'stop', 15))]);
    const answer = await lastValueFrom(of(...(await run(provider))).pipe(collect()));
    expect(answer).toMatchObject({ id: '2', text: 'OK', reasoning: 'thought 2', usage: { inputTokens: 25, outputTokens: 2 } });
    expect(provider.asked[1]?.messages.slice(1)).toEqual([
      { role: 'assistant', text: 'no', toolCalls: [] },
      { role: 'user', content: [{ type: 'text', text: 'Say ok.' }] },
    ]);
    expect(provider.affinities[1]?.resumeKey).toBe(provider.kept[0]);
    expect(provider.kept[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(provider.kept[1]).toBeUndefined();
    expect(renamed).toEqual([]);
  });

  it('tries twice and no more', async () => {
    await expect(run(new Provider([of(...said('1', 'no')), of(...said('2', 'not'))]))).rejects.toBe(wrong);
  });

  it('tells no blank answer back', async () => {
    const provider = new Provider([of(...said('1', ' ')), of(...said('2', 'ok'))]);
    expect(await textOf(provider)).toBe('OK');
    expect(provider.asked[1]?.messages.map(({ role }) => role)).toEqual(['user', 'user']);
    expect(provider.kept).toEqual([undefined, undefined]);
  });

  it.each(['length', 'content-filter'] as const)('leaves an answer that ended by %s as it is', async (reason) => {
    const events = said('1', 'no', reason);
    const provider = new Provider([of(...events)]);
    expect(await run(provider)).toEqual(events);
    expect([provider.kept, renamed]).toEqual([['after'], []]);
  });

  it('tells an answer with a call as it comes, from the call on', () => {
    const [seen, before]: [StreamEvent[], StreamEvent[]] = [[], said('1', 'no').slice(0, -1)];
    const provider = new Provider([concat(of(...before, ...call), NEVER)]);
    asExpected(expectation, client, provider.turn)
      .subscribe((event) => seen.push(event))
      .unsubscribe();
    expect(seen).toEqual([...before, ...call]);
  });

  it('holds back everything before the verdict', () => {
    const seen: StreamEvent[] = [];
    asExpected(expectation, client, new Provider([concat(of(...said('1', 'ok').slice(0, -1)), NEVER)]).turn)
      .subscribe((event) => seen.push(event))
      .unsubscribe();
    expect(seen).toEqual([]);
  });

  it('where words are out already, a wrong answer is an error behind them', async () => {
    const seen: StreamEvent[] = [];
    const events = said('1', 'no');
    const failed = new Promise((resolve) => {
      asExpected({ ...expectation, held: false }, client, new Provider([of(...events)]).turn).subscribe({ next: (event) => seen.push(event), error: resolve });
    });
    expect(await failed).toBe(wrong);
    expect(seen).toEqual(events.slice(0, -1));
    expect(await run(new Provider([of(...said('1', 'ok'))]), { ...expectation, held: false })).toEqual(said('1', 'ok'));
  });

  it('passes on how a turn fails, the second one too', async () => {
    const failure = new GatewayError('cli_failed', 'It broke.');
    const broken = concat(
      of(start('1')),
      throwError(() => failure),
    );
    await expect(run(new Provider([broken]))).rejects.toBe(failure);
    await expect(run(new Provider([of(...said('1', 'no')), broken]))).rejects.toBe(failure);
  });

  it('asks no more for a verdict that nobody waits for, and passes on how judging fails', async () => {
    let asked: AbortSignal | undefined;
    const judging: Expectation = { ...expectation, judge: (_, signal) => ((asked = signal), new Promise(() => undefined)) };
    const subscription = asExpected(judging, client, new Provider([of(...said('1', 'ok'))]).turn).subscribe();
    expect(asked?.aborted).toBe(false);
    subscription.unsubscribe();
    expect(asked?.aborted).toBe(true);
    await expect(run(new Provider([of(...said('1', 'ok'))]), { ...expectation, judge: () => Promise.reject(wrong) })).rejects.toBe(wrong);
  });

  it('leaves whichever turn is running', async () => {
    let left = 0;
    const waiting = new Observable<StreamEvent>(() => () => (left += 1));
    asExpected(expectation, client, new Provider([waiting]).turn)
      .subscribe()
      .unsubscribe();
    const provider = new Provider([of(...said('1', 'no')), waiting]);
    const subscription = asExpected(expectation, client, provider.turn).subscribe();
    await new Promise((later) => setTimeout(later, 20));
    expect(provider.asked).toHaveLength(2);
    subscription.unsubscribe();
    expect(left).toBe(2);
  });

  it('keeps the grammar, and the answer of whoever says something right, whatever else is in it', async () => {
    await fc.assert(
      fc.asyncProperty(eventStreams(), eventStreams(), fc.boolean(), async (one, other, right) => {
        const what: Expectation = { ...expectation, judge: (text) => Promise.resolve(right || text.length % 2 === 0 ? { text: `${text}!` } : { complaint: 'x', error: wrong }) };
        const events = await run(new Provider([of(...one), of(...other)]), what).catch((error: unknown) => error);
        if (events instanceof GatewayError) expect(events).toBe(wrong);
        else expect(grammarFault(events as StreamEvent[])).toBeUndefined();
      }),
    );
  });
});
