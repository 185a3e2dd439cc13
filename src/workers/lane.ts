import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type LaneRoutes } from './lane-routes.js';
import { type AuthService } from '../auth/auth.service.js';
import { type Client } from '../auth/client.js';
import { type CacheSettings } from '../cache/cache-settings.js';
import { routeHintsOf } from '../completion/route-hints.js';
import { type ServerSettings } from '../config/server-settings.js';
import { INSTANCE_HEADER } from '../config/instance-id.js';
import { type Admission } from '../http/admission.js';
import { type OriginPolicy } from '../http/origin-policy.js';
import { presentedKey } from '../http/presented-key.js';
import { checkHead } from '../http/request-head.js';
import { type WireFormat } from '../kernel/answer.js';
import { type ModelId } from '../kernel/model-id.js';
import { isAbsent } from '../wire/value-reader.js';

/** The endpoints whose requests an API vendor may be asked for as they are. */
const formats: ReadonlyMap<string, WireFormat> = new Map([
  ['/v1/chat/completions', 'openai-chat'],
  ['/v1/completions', 'openai-completions'],
  ['/v1/embeddings', 'openai-embeddings'],
]);
/** Headers that ask for what only the owner has, or bring what is not read here. */
const elsewhere = [
  'transfer-encoding',
  'content-encoding',
  'expect',
  'origin',
  'idempotency-key',
  'x-openai-api-key',
  'x-claude-code',
  'x-claude-session-id',
  'x-shellm-session-id',
  INSTANCE_HEADER,
];
/** Fields of a body that do. */
const stored = ['callback_url', 'template', 'variables', 'conversation_id'];

/** A body that is no JSON object. */
export const unreadable = Symbol('unreadable');

/** Tells which requests a worker serves: those that are passed on to an API vendor as they are. About any other, one that is to be refused too, the owner decides. */
export class Lane {
  constructor(
    private readonly auth: Pick<AuthService, 'authenticate'>,
    private readonly origins: Pick<OriginPolicy, 'check'>,
    private readonly admission: Pick<Admission, 'closing'>,
    private readonly routes: LaneRoutes,
    private readonly server: Pick<ServerSettings, 'bodyLimit'>,
    private readonly cache: Pick<CacheSettings, 'ttlS'>,
  ) {}

  /** Whether a request's body is to be read here: its client, as far as the head tells; undefined: it is the owner's. */
  clientOf(request: IncomingMessage): Client | undefined {
    const { method, url = '', headers } = request;
    if (method !== 'POST' || !formats.has(url) || this.admission.closing || !this.#isPlain(headers)) return undefined;
    const client = this.auth.authenticate(presentedKey(headers));
    if (!client?.scopes.some((scope) => scope === 'completions' || scope === 'admin')) return undefined;
    try {
      checkHead(request);
      this.origins.check({ headers, url } as Parameters<OriginPolicy['check']>[0]);
      return client;
    } catch {
      return undefined;
    }
  }

  /** Which vendor's model is to be asked; null: the request is the owner's. */
  targetOf(url: string, headers: IncomingHttpHeaders, body: unknown, client: Client): ModelId | null | Promise<ModelId | null> {
    const format = formats.get(url);
    if (format === undefined || typeof body !== 'object' || body === null || this.#wantsMore(body as Fields, format)) return null;
    const { model, provider = null } = body as Fields;
    if (typeof model !== 'string' || (provider !== null && typeof provider !== 'string')) return null;
    try {
      const { route } = routeHintsOf(headers, { model, provider });
      return this.routes.find({ ...route, client: client.id, format });
    } catch {
      return null;
    }
  }

  #isPlain(headers: IncomingHttpHeaders): boolean {
    const length = Number(headers['content-length'] ?? 0);
    const isJson = headers['content-type']?.startsWith('application/json') === true;
    return isJson && length > 0 && length <= this.server.bodyLimit && elsewhere.every((name) => headers[name] === undefined);
  }

  /** Whether a body asks for what only the owner has. */
  #wantsMore(body: Fields, format: WireFormat): boolean {
    const { cache } = body;
    const cached = isAbsent(cache) ? this.cache.ttlS > 0 : cache !== false && cache !== 0;
    return (cached && format === 'openai-chat') || stored.some((field) => !isAbsent(body[field]));
  }
}

type Fields = Readonly<Record<string, unknown>>;
