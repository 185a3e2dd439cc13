import { Injectable } from '@nestjs/common';
import { finalize, tap } from 'rxjs';
import { AnswerMessage } from './answer-message.js';
import { atEnd } from './at-end.js';
import { type CompletionCall, type Served } from './completion-call.js';
import { type Outcome } from './outcome.js';
import { withinHistory } from './within-history.js';
import { type Client } from '../auth/client.js';
import { ConversationService } from '../conversations/conversation.service.js';
import { type HistoryLease } from '../histories/history.js';
import { type Answer } from '../kernel/answer.js';
import { type CompletionRequest } from '../kernel/completion-request.js';

/**
 * A turn of a conversation: an ordinary completion of all that was said in it, by whoever serves that, another provider in the place of a failed one included.
 * What its client was told is stored before the client hears the end; a turn that fails leaves the conversation as it was.
 */
@Injectable()
export class ConversationTurn {
  constructor(private readonly conversations: ConversationService) {}

  /** @throws GatewayError `not_found` where the client has no such conversation */
  async check(conversation: string, { id }: Client): Promise<void> {
    await this.conversations.check(conversation, id);
  }

  /** @param ordinary runs a call that has no conversation */
  async run(call: CompletionCall, conversation: string, ordinary: (call: CompletionCall) => Served): Promise<Served> {
    const { client, abort } = call;
    const asked = call.decode();
    const lease = await this.conversations.acquire(conversation, client.id, abort.signal);
    try {
      abort.signal.throwIfAborted();
      // Who has left may never take the answer, which would give it up.
      abort.signal.addEventListener(
        'abort',
        () => {
          lease.release();
        },
        { once: true },
      );
      const request = withinHistory(asked, lease);
      const { outcome, answer } = ordinary({ ...call, format: undefined, conversation: undefined, decode: () => request });
      return { outcome, answer: answer.then((begun) => stored(begun, { lease, request, outcome }), released(lease)) };
    } catch (error) {
      return released(lease)(error);
    }
  }
}

interface Turn {
  readonly lease: HistoryLease;
  readonly request: CompletionRequest;
  readonly outcome: Outcome;
}

function stored(answer: Answer, { lease, request: { system, messages }, outcome }: Turn): Answer {
  if (answer.kind !== 'events') return released(lease)(new Error('a turn of a conversation is told as events'));
  const told = new AnswerMessage();
  const commit = async (): Promise<void> => {
    if (told.whole) await lease.commit({ target: outcome.target, system, messages: [...messages, told.whole] });
  };
  return {
    kind: 'events',
    events: answer.events.pipe(
      tap((event) => {
        told.observe(event);
      }),
      atEnd(commit),
      finalize(() => {
        lease.release();
      }),
    ),
  };
}

function released(lease: HistoryLease): (error: unknown) => never {
  return (error) => {
    lease.release();
    throw error;
  };
}
