import { LRUCache } from 'lru-cache';
import { from } from 'rxjs';
import { collectBody } from './collect-body.js';
import { type VendorApi, type VendorResponse } from './vendor-api.js';
import { type WireFormat } from '../../kernel/answer.js';
import { type Flow } from '../../kernel/flow.js';
import { askingForUsage } from '../../wire/openai-chat/stream-usage.js';

const MAX_ERROR_BYTES = 1024 ** 2;
/** A vendor may learn it. Milliseconds. */
const REMEMBERED_MS = 60 * 60_000;
/** Models whose streams tell no usage. Clients name them as they like. */
const MAX_MODELS = 256;
const MAX_KEY = 200;

/** What goes with a request beside its body. */
export interface Exchange {
  readonly credential: string | undefined;
  readonly signal: AbortSignal;
  readonly flow: Flow;
}

/** Requests of which every stream is asked for its usage, whatever the client wants. Where a vendor refuses that, it is asked once more without, and so is that model from then on. */
export class MeteredStreams {
  readonly #unmetered = new LRUCache<string, true>({ max: MAX_MODELS, ttl: REMEMBERED_MS });

  constructor(private readonly api: Pick<VendorApi, 'complete'>) {}

  /** As {@link VendorApi.complete}. */
  async complete(format: WireFormat, body: Readonly<Record<string, unknown>>, { credential, signal, flow }: Exchange): Promise<VendorResponse> {
    const send = (sent: Readonly<Record<string, unknown>>): Promise<VendorResponse> => this.api.complete(format, JSON.stringify(sent), credential, signal, flow);
    if (body['stream'] !== true || format === 'openai-embeddings') return send(body);
    const asking = askingForUsage(body);
    const key = `${format} ${String(body['model'])}`;
    if (asking === body || this.#unmetered.has(key)) return send(body);
    const response = await send(asking);
    if (response.status !== 400 && response.status !== 422) return response;
    const refusal = await collectBody(response.body, MAX_ERROR_BYTES);
    if (!/stream_options|include_usage/.test(refusal)) return { ...response, body: from([Buffer.from(refusal)]) };
    const second = await send(body);
    // It may have named what the client sent itself.
    if (second.status < 300 && key.length <= MAX_KEY) this.#unmetered.set(key, true);
    return second;
  }
}
