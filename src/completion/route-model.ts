import { type Aliases } from './aliases.js';
import { claudeNameFor, vendorOf } from './model-names.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { formatModelId, type ModelId } from '../kernel/model-id.js';

/** What a request says of where it wants to go (contract, section 2). */
export interface RouteRequest {
  /** Undefined where the request may leave it out and did. */
  readonly model: string | undefined;
  /** `X-Claude-Code`, or a session header of Claude's. */
  readonly claudeMode: boolean;
  /** `X-SheLLM-Provider`. */
  readonly headerProvider: string | undefined;
  /** `provider` of the body. */
  readonly bodyProvider: string | undefined;
  /** The client brought an OpenAI key of its own. */
  readonly credential: boolean;
  /** The provider and model that served the session's last turn. */
  readonly session: ModelId | undefined;
}

/** What the router has to know of a provider. */
export interface RoutableProvider {
  readonly id: string;
  readonly defaultModel: string;
  /** Whether it takes any model name and lets its vendor judge. */
  readonly passesAnyModel: boolean;
  /** Only a name that holds its id leads to it. */
  readonly restricted?: boolean;
  models(): readonly string[];
  usable(credential: boolean): boolean;
}

export interface Routes {
  /** Every provider that may be named, in the table's order. */
  readonly known: readonly RoutableProvider[];
  /** Those that a name alone may lead to. */
  readonly enabled: readonly RoutableProvider[];
  readonly defaultProvider: string | undefined;
  readonly aliases: Aliases;
  /** Whether the client may hear of a model. */
  readonly mayUse: (id: ModelId) => boolean;
}

export interface Route {
  readonly target: ModelId;
  /** The alias's own list of who comes next; undefined where no alias led here. */
  readonly next?: readonly ModelId[];
}

/**
 * The mode router: which provider and model serve a request. Pure; the first step that matches wins.
 * A provider that is known but not usable is returned all the same: who runs it says why it cannot.
 *
 * @throws GatewayError `invalid_header_value`, `invalid_parameter` or `model_not_found`, with the names there are
 */
export function routeModel(request: RouteRequest, routes: Routes): Route {
  const named = namedProvider(request, routes);
  if (named) return { target: { provider: named.id, model: modelWithin(named, request, routes) } };
  const { model, session } = request;
  if (session) return { target: (model === undefined ? undefined : byProviderPrefix(model, routes.known)) ?? session };
  if (model === undefined) return { target: withoutModel(request, routes) };
  return byName({ ...request, model }, routes) ?? { target: byDefault({ ...request, model }, routes) ?? notFound(model, routes) };
}

interface NamedRequest extends RouteRequest {
  readonly model: string;
}

/** Steps 3 to 5: what a model's name alone leads to; undefined where it leads nowhere. */
export function byName(request: NamedRequest, routes: Routes): Route | undefined {
  const prefixed = byProviderPrefix(request.model, routes.known);
  if (prefixed) return { target: prefixed };
  const alias = byAlias(request.model, routes);
  if (alias) return alias;
  const target = byListing(request, routes) ?? byVendor(request, routes);
  return target && { target };
}

/** Steps 1 and 2: a header or the body names the provider. */
function namedProvider(request: RouteRequest, { known }: Routes): RoutableProvider | undefined {
  const id = request.claudeMode ? 'claude' : (request.headerProvider ?? request.bodyProvider);
  if (id === undefined) return undefined;
  const provider = known.find((each) => each.id === id);
  if (provider) return provider;
  const inHeader = request.claudeMode || request.headerProvider !== undefined;
  throw new GatewayError(inHeader ? 'invalid_header_value' : 'invalid_parameter', `Unknown provider "${clip(id)}". Known providers: ${idsOf(known)}.`, {
    param: inHeader ? 'X-SheLLM-Provider' : 'provider',
  });
}

function modelWithin(provider: RoutableProvider, { model, claudeMode, session }: RouteRequest, routes: Routes): string {
  // Another provider's session is carried on here: its model's name means nothing to this one.
  if (model === undefined) return session?.provider === provider.id ? session.model : defaultOf(provider);
  const target = modelOf(provider, [model, ...(routes.aliases.get(model) ?? [])]);
  if (target !== undefined) return target;
  if (!claudeMode) return model;
  const mapped = claudeNameFor(model);
  if (mapped !== undefined) return mapped;
  // Claude is what was asked for; a name that is no Claude's has no place to go.
  return vendorOf(model) === 'claude' || provider.models().includes(model) ? model : notFound(model, routes);
}

/** The model of the first name that holds the provider's id. */
function modelOf(provider: RoutableProvider, names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = byProviderPrefix(name, [provider]);
    if (found) return found.model;
  }
  return undefined;
}

/** Step 3: `<provider id>/<model>`, or a provider id alone. */
export function byProviderPrefix(model: string, known: readonly RoutableProvider[]): ModelId | undefined {
  for (const provider of known) {
    const { id } = provider;
    if (model === id) return { provider: id, model: defaultOf(provider) };
    if (model.startsWith(`${id}/`) && model.length > id.length + 1) return { provider: id, model: model.slice(id.length + 1) };
  }
  return undefined;
}

/** Step 4. */
function byAlias(model: string, { aliases, known }: Routes): Route | undefined {
  const targets = (aliases.get(model) ?? []).flatMap((target) => byProviderPrefix(target, known) ?? []);
  const [target, ...next] = targets;
  return target && { target, next };
}

/** Step 5, first half: exactly one usable provider lists it. */
function byListing({ model, credential }: NamedRequest, { enabled }: Routes): ModelId | undefined {
  const [first, second] = enabled.filter((provider) => lists(provider, model) && provider.usable(credential));
  return first && !second ? { provider: first.id, model } : undefined;
}

/** Step 5, second half: the name tells the vendor; else the first of the table that lists it. */
function byVendor({ model, credential }: NamedRequest, routes: Routes): ModelId | undefined {
  const { enabled } = routes;
  const vendor = vendorOf(model);
  const provider =
    enabled.find((each) => each.id === vendor && (vendor !== 'openai' || each.usable(credential))) ??
    (vendor === 'openai' && !loneDemo(credential, routes) ? enabled.find(({ id }) => id === 'codex') : undefined) ??
    enabled.find((each) => lists(each, model));
  return provider && { provider: provider.id, model };
}

/** Step 6: the default provider; else OpenAI, where it has a key; else the demo, where nothing else is there. */
function byDefault({ model, credential }: NamedRequest, routes: Routes): ModelId | undefined {
  const provider = defaultProvider(credential, routes);
  if (provider) return { provider: provider.id, model: defaultModelFor(provider, model) };
  const demo = loneDemo(credential, routes);
  return demo && { provider: demo.id, model: demo.defaultModel };
}

/** The demo, where nobody else can serve. */
function loneDemo(credential: boolean, { enabled }: Routes): RoutableProvider | undefined {
  const demo = enabled.find(({ id }) => id === 'demo');
  return enabled.some((each) => each !== demo && each.usable(credential)) ? undefined : demo;
}

/** A request that names neither: the default provider, else the first of the table that is usable, each with its own default. */
function withoutModel({ credential }: RouteRequest, routes: Routes): ModelId {
  const provider = defaultProvider(credential, routes) ?? routes.enabled.find((each) => each.restricted !== true && each.defaultModel !== '' && each.usable(credential));
  return provider ? { provider: provider.id, model: defaultOf(provider) } : notFound('', routes);
}

function defaultProvider(credential: boolean, { enabled, defaultProvider: wanted }: Routes): RoutableProvider | undefined {
  return enabled.find((each) => each.id === (wanted ?? 'openai') && (wanted !== undefined || each.usable(credential)));
}

/** A pass-through vendor judges any name itself; a CLI knows no foreign names. `X-SheLLM-Model` tells what ran. */
function defaultModelFor(provider: RoutableProvider, model: string): string {
  if (provider.passesAnyModel || provider.models().includes(model)) return model;
  return (provider.id === 'claude' ? claudeNameFor(model) : undefined) ?? provider.defaultModel;
}

function defaultOf({ id, defaultModel }: RoutableProvider): string {
  if (defaultModel !== '') return defaultModel;
  throw new GatewayError('model_not_found', `The provider "${id}" has no default model: ask for "${id}/<model>".`, { param: 'model' });
}

function lists(provider: RoutableProvider, model: string): boolean {
  return provider.restricted !== true && provider.models().includes(model);
}

function notFound(model: string, { enabled, aliases, mayUse }: Routes): never {
  const models = enabled
    .filter((provider) => provider.usable(false))
    .flatMap((provider) => provider.models().map((name) => ({ provider: provider.id, model: name })))
    .filter(mayUse)
    .map(formatModelId);
  const names = [...models, ...aliases.keys()];
  const there = models.length > 0 ? `There is: ${names.slice(0, 30).join(', ')}${names.length > 30 ? ', …' : ''}.` : 'No provider is usable at the moment.';
  const what = model === '' ? 'The request names no model, and there is no default.' : `The model "${clip(model)}" does not exist.`;
  throw new GatewayError('model_not_found', `${what} ${there}`, { param: 'model' });
}

function idsOf(providers: readonly RoutableProvider[]): string {
  return providers.map(({ id }) => id).join(', ');
}

function clip(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}
