import { type Outcome } from './outcome.js';
import { type RouteRequest } from './route-model.js';
import { type Client } from '../auth/client.js';
import { type Answer, type WireFormat } from '../kernel/answer.js';
import { type BackgroundTurn } from '../kernel/background-turn.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type Flow } from '../kernel/flow.js';
import { type GatewayError } from '../kernel/gateway-error.js';

/** One completion as an endpoint asks for it. */
export interface CompletionCall {
  readonly client: Client;
  /** The dialect in which a vendor's bytes may be passed on; undefined: the answer must be events. */
  readonly format: WireFormat | undefined;
  /** The client's body as sent. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The body in the gateway's own words; called only where the bytes cannot be passed on. @throws GatewayError 400 */
  decode(): CompletionRequest;
  readonly route: Omit<RouteRequest, 'credential' | 'session'>;
  /** The id of the session that the turn belongs to, or `new`. */
  readonly session: string | undefined;
  /** The id of the conversation that the turn belongs to. */
  readonly conversation?: string | undefined;
  /** Whether another provider may answer where the first one fails. */
  readonly fallback: boolean;
  /** How the first provider failed, where a worker (`SHELLM_WORKERS`) has asked it. */
  readonly failed?: GatewayError | undefined;
  /** The client's own key for the vendor. */
  readonly credential: string | undefined;
  readonly stream: boolean;
  /** `false`: no login of a subscription is to be billed for it. */
  readonly subscriptions?: boolean | undefined;
  /** Set where nobody waits for the answer. */
  readonly background?: BackgroundTurn | undefined;
  /** How long the answer may be kept, and how old a kept one may be. Seconds; undefined: the response cache has no part in it. */
  readonly cache?: number | undefined;
  /** Aborted when the client is gone; the completion aborts it on its own timeouts. */
  readonly abort: AbortController;
  readonly flow: Flow;
}

export interface Served {
  /** Who answers, as far as is known: final once the answer's first event or byte is there. */
  readonly outcome: Outcome;
  /** Resolves at once for `events`; at the vendor's response headers for `wire`. Rejects with a GatewayError. */
  readonly answer: Promise<Answer>;
}
