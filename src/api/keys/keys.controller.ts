import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBody, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { encodeClient, encodeKey, encodeNewKey, type KeyObject, withState } from './key-object.js';
import { ApiAnswer } from '../../http/documentation/documented.js';
import { ref } from '../../http/documentation/json-schema.js';
import { AuthService } from '../../auth/auth.service.js';
import { type Client } from '../../auth/client.js';
import { clientIdOf, type IssuedKey } from '../../auth/issued-key.js';
import { parseKeyChange, parseNewKey } from '../../auth/key-input.js';
import { KeyRing } from '../../auth/key-ring.js';
import { NameTakenError } from '../../auth/key-store.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type Budget } from '../../kernel/budget.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { Budgets } from '../../usage/budgets.js';

type Fields = Readonly<Record<string, unknown>>;

const terms = { rpm: 30, models: ['claude/*'], scopes: ['completions'], max_concurrent: 4, budget: { usd: 50, period: 'month' }, redact: true };
const example = {
  id: 'key_5f0c2e8b9a1d4c7e60b3f218',
  object: 'api_key',
  name: 'billing',
  source: 'issued',
  masked: 'sk-shellm-…x7Qa',
  ...terms,
  created_at: 1790000000,
  expires_at: 1798761600,
  revoked_at: null,
};
const spent = { ...example, budget: { ...terms.budget, spent_usd: 12.5, spent_tokens: 1_250_000, resets_at: 1796083200 } };
const newKeys = {
  'a key for administration': { value: { name: 'ops', scopes: ['admin'] } },
  'with limits and a budget': { value: { name: 'billing', ...terms, expires_at: '2027-12-31' } },
};
const changes = {
  'another limit': { value: { rpm: 60, expires_at: null } },
  'another value': { value: { rotate: true } },
};
const shownOnce = { ...example, key: 'sk-shellm-…', webhook_secret: 'whsec_…' };

/** Keys, for those who hold one with the scope `admin`. */
@ApiTags('keys')
@Controller('admin/keys')
@RequiresScope('admin')
export class KeysController {
  constructor(
    private readonly auth: AuthService,
    private readonly keys: KeyRing,
    private readonly budgets: Budgets,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'createKey',
    summary: 'Issue a key',
    description:
      '`key` and `webhook_secret` are shown this once. Only `name` is required: `rpm` is requests a minute (0: no limit), `models` are patterns of `<provider>/<model>` (left out: every model), `scopes` are `completions`, `metrics`, `admin`. `budget` is what it may spend in a day or a month (UTC), in dollars, tokens or both: over it its requests are a 429 `budget_exceeded`. The first key of a gateway without clients ends open mode for good, so it needs the scope `admin`.',
  })
  @ApiBody({ schema: ref('NewKey'), examples: newKeys })
  @ApiAnswer({ status: 201, description: 'The key, with its value.', schema: 'KeyWithSecrets', example: shownOnce })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: `param` names the field' })
  async create(@Body(EnvelopePipe) body: Fields): Promise<KeyObject> {
    const wanted = parseNewKey(body, Date.now());
    this.#refuseTaken(wanted.name);
    if (this.auth.open && !wanted.scopes.includes('admin')) {
      throw new GatewayError('invalid_parameter', 'The first key needs the scope "admin": with it open mode ends, and nobody could issue another one here.', { param: 'scopes' });
    }
    return encodeNewKey(await unlessTaken(this.keys.create(wanted)));
  }

  @Get()
  @ApiOperation({
    operationId: 'listKeys',
    summary: 'Keys',
    description: 'Those that live, and those of `SHELLM_CLIENTS` (`source: "environment"`). Never their values. `budget` says what of it is spent, and when it begins anew.',
  })
  @ApiQuery({ name: 'revoked', required: false, schema: { type: 'boolean' }, description: '`true`: revoked ones too, the newest thousand.' })
  @ApiAnswer({ description: 'All keys.', schema: 'KeyList', example: { object: 'list', data: [spent] } })
  async list(@Query('revoked') revoked?: string): Promise<{ object: 'list'; data: KeyObject[] }> {
    const ended = revoked === 'true' ? await this.keys.revoked() : [];
    const living = await this.#shown([...this.auth.configured.map(shownClient), ...this.keys.list().map(shownKey)]);
    return { object: 'list', data: [...living, ...ended.map(encodeKey)] };
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getKey', summary: 'One key', description: 'Never its value. `budget` says what of it is spent, and when it begins anew.' })
  @ApiParam({ name: 'id', description: 'The id of the key.', example: example.id })
  @ApiAnswer({ description: 'The key.', schema: 'Key', example: spent })
  @ApiNotFoundResponse({ description: '`not_found`: there is no such key' })
  async find(@Param('id') id: string): Promise<KeyObject> {
    const client = this.auth.configured.find((each) => each.id === id);
    const found = client ? shownClient(client) : shownKey(this.keys.get(id));
    const [key = found.key] = await this.#shown([found]);
    return key;
  }

  @Patch(':id')
  @ApiOperation({
    operationId: 'updateKey',
    summary: 'Change a key',
    description:
      'What is left out stays, `null` brings the default back. `"rotate": true` gives it another value, shown this once: the old one ends at once, and all that the client owns stays its own.',
  })
  @ApiParam({ name: 'id', description: 'The id of the key.', example: example.id })
  @ApiBody({ schema: ref('KeyChange'), examples: changes })
  @ApiOkResponse({
    description: 'The key; with its new value where it has one.',
    content: { 'application/json': { schema: { anyOf: [ref('Key'), ref('KeyWithSecrets')] }, examples: { changed: { value: example }, rotated: { value: shownOnce } } } },
  })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: `param` names the field' })
  @ApiNotFoundResponse({ description: '`not_found`: there is no such key' })
  async change(@Param('id') id: string, @Body(EnvelopePipe) body: Fields): Promise<KeyObject> {
    this.#refuseConfigured(id);
    const before = this.keys.get(id);
    const { terms: wanted, rotate } = parseKeyChange(body, before, Date.now());
    if (wanted.name !== before.name) this.#refuseTaken(wanted.name);
    return rotate ? encodeNewKey(await unlessTaken(this.keys.rotate(id, wanted))) : encodeKey(await unlessTaken(this.keys.update(id, wanted)));
  }

  @Delete(':id')
  @ApiOperation({ operationId: 'deleteKey', summary: 'Revoke a key', description: 'It ends at once, and for good. What runs for it may finish.' })
  @ApiParam({ name: 'id', description: 'The id of the key.', example: example.id })
  @ApiAnswer({ description: 'It is revoked.', schema: 'DeletedKey', example: { id: example.id, object: 'api_key', deleted: true } })
  @ApiNotFoundResponse({ description: '`not_found`: there is no such key' })
  async revoke(@Param('id') id: string): Promise<{ id: string; object: 'api_key'; deleted: true }> {
    this.#refuseConfigured(id);
    await this.keys.revoke(id);
    return { id, object: 'api_key', deleted: true };
  }

  async #shown(all: readonly Shown[]): Promise<KeyObject[]> {
    const spenders = all.flatMap(({ id, budget }) => (budget ? [{ id, budget }] : []));
    const states = await this.budgets.statesOf(spenders);
    const stateOf = new Map(states.map((state, index) => [spenders[index]?.id, state]));
    return all.map(({ id, key }) => {
      const state = stateOf.get(id);
      return state ? withState(key, state) : key;
    });
  }

  #refuseConfigured(id: string): void {
    if (this.auth.configured.some((client) => client.id === id)) {
      throw new GatewayError('invalid_parameter', 'This client is one of SHELLM_CLIENTS: it is changed there.', { param: 'id' });
    }
  }

  #refuseTaken(name: string): void {
    if (this.auth.configured.some((client) => client.name === name)) throw taken(`There is a client of the name "${name}" in SHELLM_CLIENTS already.`);
  }
}

/** A key, and whose budget it spends. */
interface Shown {
  readonly id: string;
  readonly budget: Budget | undefined;
  readonly key: KeyObject;
}

function shownClient(client: Client): Shown {
  return { id: client.id, budget: client.budget, key: encodeClient(client) };
}

function shownKey(issued: IssuedKey): Shown {
  return { id: clientIdOf(issued.id), budget: issued.budget, key: encodeKey(issued) };
}

async function unlessTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof NameTakenError ? taken(error.message) : error;
  }
}

function taken(message: string): GatewayError {
  return new GatewayError('invalid_parameter', message, { param: 'name' });
}
