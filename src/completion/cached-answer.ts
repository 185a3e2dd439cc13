import { Inject, Injectable } from '@nestjs/common';
import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { type CompletionCall } from './completion-call.js';
import { mayUse } from './may-use.js';
import { type Outcome } from './outcome.js';
import { REDACTOR } from './redactor.js';
import { AnswerRecorder } from '../cache/answer-recorder.js';
import { replay } from '../cache/replay.js';
import { requestKey } from '../cache/request-key.js';
import { type Making, ResponseCache } from '../cache/response-cache.js';
import { ServerSettings } from '../config/server-settings.js';
import { type Answer, type EventsAnswer } from '../kernel/answer.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type ModelId } from '../kernel/model-id.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type Redactor } from '../kernel/text-filter.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { passThroughRedactor } from '../redaction/create-redactor.js';
import { relay } from '../kernel/relay.js';
import { losesInEvents } from '../wire/openai-chat/loses-in-events.js';

/** A call whose answer may be kept, and how long. Seconds. */
type CachedCall = CompletionCall & { readonly cache: number };

/** Answers from the response cache where it can, and keeps what it is answered (contract, section 10). */
@Injectable()
export class CachedAnswers {
  constructor(
    private readonly cache: ResponseCache,
    private readonly registry: ProviderRegistry,
    private readonly settings: ServerSettings,
    @Inject(REDACTOR) private readonly redactor: Redactor,
  ) {}

  /**
   * The call as it has to be made so that its answer can be kept: as events. Undefined: it is made as it is, since the client must not have an answer
   * of this provider, since it brought a key of its own, or since events cannot tell all that it asks for.
   */
  callFor(call: CompletionCall, id: ModelId): CachedCall | undefined {
    const { cache, credential, client, format } = call;
    if (cache === undefined || credential !== undefined) return undefined;
    const provider = this.registry.get(id.provider);
    if (!provider || !this.registry.isEnabled(id.provider) || !mayUse(client, id, provider)) return undefined;
    const passedOn = format !== undefined && provider.formats.includes(format);
    const request = decoded(call);
    return request && isToldInEvents(request, passedOn ? call.body : undefined) ? { ...call, cache, format: undefined, decode: () => request } : undefined;
  }

  /** @param make makes the answer, where there is none or not of the age that is wanted. Rejects with a GatewayError */
  async answer(call: CachedCall, outcome: Outcome, make: () => Promise<Answer>): Promise<EventsAnswer> {
    const { client, stream, flow } = call;
    const { signal } = call.abort;
    const redacted = client.redact && this.redactor !== passThroughRedactor;
    const key = requestKey(call.decode(), { owner: client.id, redacted, id: outcome.target });
    // A turn that may wait for hours holds nobody up.
    const alone = call.background !== undefined;
    const claimed = await this.cache.claim({ key, owner: client.id, ttlS: call.cache, signal, timeoutMs: this.settings.requestTimeoutMs, alone });
    if ('events' in claimed) {
      outcome.cache = { hit: true, id: claimed.id, createdAt: claimed.createdAt };
      return { kind: 'events', events: replay(claimed.events, stream ? flow : undefined) };
    }
    outcome.cache = { hit: false, id: claimed.id, createdAt: claimed.createdAt };
    // Nobody may ever ask for the events.
    signal.addEventListener('abort', claimed.fail, { once: true });
    try {
      const answer = await make();
      if (answer.kind !== 'events') throw new Error('an answer that is to be kept is told as events');
      return { ...answer, events: answer.events.pipe(kept(claimed, outcome)) };
    } catch (error) {
      claimed.fail();
      throw error;
    }
  }
}

/** What cannot be read is refused where it is run, or left to a vendor that understands it. */
function decoded(call: CompletionCall): CompletionRequest | undefined {
  try {
    return call.decode();
  } catch {
    return undefined;
  }
}

/** @param passedOn what a vendor would be sent as it is */
function isToldInEvents({ apiOnlyParameters, messages }: CompletionRequest, passedOn: CompletionCall['body'] | undefined): boolean {
  if (apiOnlyParameters.length > 0 || (passedOn && losesInEvents(passedOn))) return false;
  return !messages.some((message) => message.role !== 'assistant' && message.content.some(({ type }) => type === 'audio'));
}

/** Keeps an answer that comes to its end, unless another provider gave it. */
function kept(making: Making, outcome: Outcome): MonoTypeOperatorFunction<StreamEvent> {
  return (source) =>
    new Observable((subscriber) => {
      const recorder = new AnswerRecorder();
      subscriber.add(() => {
        making.fail();
      });
      return relay(source, subscriber, {
        next: (event) => {
          recorder.add(event);
          if (event.type === 'stream-end') {
            const events = outcome.fallback ? undefined : recorder.answer(event);
            if (events) making.keep(events);
            else making.giveAway();
          }
          subscriber.next(event);
        },
      });
    });
}
