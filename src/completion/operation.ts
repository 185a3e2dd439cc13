import { type Observable } from 'rxjs';
import { type CompletionCall } from './completion-call.js';
import { type Outcome } from './outcome.js';
import { type RouteHints } from './route-hints.js';
import { type Client } from '../auth/client.js';
import { type Completion } from '../kernel/completion.js';
import { type GatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';

/** How an endpoint writes an answer in its wire format. */
export interface AnswerFormat {
  readonly stream: boolean;
  /** Whole SSE frames. A failure after the first of them is told in the stream. */
  frames(events: Observable<StreamEvent>): Observable<string>;
  body(completion: Completion): object;
  /** The frames that report a failure after the headers are out. */
  failure(error: GatewayError): string;
}

/** What a request says beside its body. */
export interface Asked {
  readonly hints: RouteHints;
  /** For answers that name it. */
  readonly requestId: string;
}

/** One endpoint's form of a request and of its answer, without HTTP: for a request that somebody waits for, and for one that was stored. */
export interface Operation<Body extends object = object> {
  /** Its path. */
  readonly endpoint: string;
  /** The body, once its envelope is checked; itself, uncopied. @throws GatewayError 400 */
  check(body: unknown): Body;
  /** The body with what it only names in its place; undefined where it names nothing. @throws GatewayError where there is no such thing */
  expand?(body: Body, client: Client): Promise<Body> | undefined;
  /** @throws GatewayError 400 for what no provider would do */
  prepare(body: Body, asked: Asked): Prepared;
  /** How it answers a request that failed. */
  failure(error: GatewayError): WrittenFailure;
}

/** An error as an endpoint answers it: the HTTP status, and the JSON body. */
export interface WrittenFailure {
  readonly status: number;
  readonly body: object;
}

/** One request, as {@link CompletionCall} needs it, and how its answer is written. */
export interface Prepared {
  readonly call: Pick<CompletionCall, 'format' | 'body' | 'decode' | 'route' | 'session' | 'conversation' | 'fallback' | 'stream' | 'cache'>;
  /** To be shown each event of an answer that is written whole, before it is. */
  readonly observe?: (event: StreamEvent) => void;
  /** @param outcome known to the end when the first event is there */
  readonly answer: (outcome: Outcome) => AnswerFormat;
}
