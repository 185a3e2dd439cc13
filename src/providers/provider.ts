import { type Type } from '@nestjs/common';
import { type Observable } from 'rxjs';
import { type FileSettings } from '../config/file-settings.js';
import { type BodyAnswer, type WireAnswer, type WireFormat } from '../kernel/answer.js';
import { type BackgroundTurn } from '../kernel/background-turn.js';
import { type Capabilities } from '../kernel/capabilities.js';
import { type CompletionRequest, type ResponseFormat } from '../kernel/completion-request.js';
import { type Flow } from '../kernel/flow.js';
import { type QuotaWindow } from '../kernel/quota.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type Usage } from '../kernel/usage.js';
import { type Installation } from './installation.js';
import { type Asker } from '../schema-worker/client-schemas.js';

/** Which live process a turn may go on in, and under which name to keep it afterwards. Keys are opaque and hold the owner. */
export interface Affinity {
  /** The conversation so far, up to its last answer; undefined for a conversation's first turn. */
  readonly resumeKey: string | undefined;
  /** The conversation with this turn's answer, as the client saw it. Defined once `stream-end` was delivered. */
  keepKey(): string | undefined;
}

/** Who adds up what a turn takes that does not come to its end. */
export interface TurnMeter {
  /** The turn has its slot, or is sent off: from then on the vendor may be at work on it. */
  begun(): void;
  /** @param tell what the vendor has counted so far, `estimated` while it is at work; asked where the turn ends without figures of its own */
  counted(tell: () => Usage | undefined): void;
}

/** One turn for a provider: everything it may know. */
export interface Turn {
  readonly request: CompletionRequest;
  /** The provider's own name of the model. */
  readonly model: string;
  /** The client, as an opaque name: turn slots are shared out fairly between owners. */
  readonly owner: string;
  readonly flow: Flow;
  readonly affinity: Affinity;
  readonly meter?: TurnMeter;
  /** The client's own key for the vendor, in place of the gateway's. */
  readonly credential?: string | undefined;
  /** Set where nobody waits for the answer. */
  readonly background?: BackgroundTurn | undefined;
}

/** One request in the vendor's own dialect, for a provider that passes bytes on. */
export interface WireCall {
  readonly format: WireFormat;
  /** The client's body with the vendor's model name in it and without the gateway's own fields. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The client's own key, in place of the gateway's. */
  readonly credential: string | undefined;
  readonly signal: AbortSignal;
  readonly flow: Flow;
}

/** The same for an answer that is not streamed. */
export interface WholeCall extends Omit<WireCall, 'flow'> {
  /** For all of the answer. Milliseconds. */
  readonly timeoutMs: number;
}

export interface ProviderStatus {
  readonly status: 'ready' | 'unavailable';
  readonly installed: boolean;
  readonly authenticated: boolean;
  readonly auth?: 'subscription' | 'api_key';
  /** What is wrong and what to do, for the operator and the client: no paths, no account data. */
  readonly detail?: string;
}

/**
 * One back-end of the gateway. Errors are `GatewayError`s: `cli_failed`, `upstream_error`, `provider_unavailable`, `timeout` and
 * `queue_full` say that another provider may try; the rest are the request's.
 */
export interface Provider {
  readonly id: string;
  readonly kind: 'cli' | 'api';
  readonly capabilities: Capabilities;
  /** What `model: "<provider id>"` runs. */
  readonly defaultModel: string;
  /** Whether it takes any model name and lets its vendor judge. */
  readonly passesAnyModel: boolean;
  /** Whether the machine or the configuration has it: a CLI found on PATH, an API key set. Known at construction. */
  readonly configured: boolean;
  /** It may run tools of its own: only keys whose `models` name it may use it, and a bare model name never leads to it. */
  readonly restricted?: boolean;
  /** Called once, when the server is about to listen (or a reload brings it) and the provider is switched on: time to warm up. Must not throw or wait. */
  start?(): void;
  /** A reload took it away: no turn begins any more; running ones may finish. Must not throw or wait. */
  retire?(): void;
  /** The models it lists; from memory, never a wait. */
  models(): readonly string[];
  /** The latest knowledge about it; from memory. `credential`: whether the client brought a key of its own. */
  usable(credential: boolean): boolean;
  /** Why it is not usable and what to do, in a sentence for the client and the operator: no paths, no account data. */
  readonly whatToDo: string;
  /** Whether it is the login of a subscription that is billed; from memory. Left out: it is not. */
  billsSubscription?(): boolean;
  /** A probe that costs no tokens. */
  status(): Promise<ProviderStatus>;
  /** Of a CLI: what there is of it on this machine. A look at its login's file; its version is known once `status()` was asked. Must not throw. */
  installation?(): Installation;
  /** What the vendor last said of the account's limits, from memory; a vendor that has to be asked is asked in the background. Costs no tokens. */
  quota?(): readonly QuotaWindow[];
  /**
   * Whether it has structured output of its own for this very format. Where that is false, or the method absent, completion makes up for it on a CLI: the request
   * that reaches the provider then has the format `text`.
   */
  takesFormat?(format: ResponseFormat, asker: Asker): boolean | Promise<boolean>;
  /**
   * How much it says to the model beside the request, about, in bytes: as measured with the version of its CLI that the tests drive. Absent where nobody knows, or
   * nothing is said.
   */
  readonly scaffoldBytes?: (request: CompletionRequest) => number;
  /** Cold: subscribing starts the turn, unsubscribing cancels it at the vendor too. */
  stream(turn: Turn): Observable<StreamEvent>;
  /** The dialects in which it can pass bytes on. */
  readonly formats: readonly WireFormat[];
  /** Resolves at the vendor's response headers. Only called for a format of `formats`. */
  passthrough?(call: WireCall): Promise<WireAnswer>;
  /** Resolves when the whole answer is there. A provider has either or neither. */
  passthroughWhole?(call: WholeCall): Promise<BodyAnswer>;
}

/** Several providers of one class: as many as the configuration names. */
export interface ProviderFamily {
  /**
   * Those there are by the configuration file as it is now, in the table's order. Called at start and after each reload; an entry that did not change is the
   * same object as before. An entry that is gone is not retired here: the registry does that.
   *
   * @throws ConfigurationError that names what is wrong
   */
  providers(file: FileSettings): readonly Provider[];
}

/** What a provider's folder exports and `registered.ts` lists. */
export type ProviderDefinition = {
  /** Classes of `config`'s kind: read from the environment and checked at start. */
  readonly settings?: readonly Type[];
} & (
  | {
      /** The provider's class, built by Nest. */
      readonly provider: Type<Provider>;
    }
  | {
      /** The class of a family, built by Nest. */
      readonly family: Type<ProviderFamily>;
    }
);

/** Token of the list of what `registered.ts` lists, in its order. */
export const PROVIDERS = Symbol('PROVIDERS');
