import { aliases, claudeNameFor, vendorOf } from './model-names.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type ModelId } from '../kernel/model-id.js';

/** What a request says of where it wants to go (contract, section 2). */
export interface RouteRequest {
  readonly model: string;
  /** `X-Claude-Code`. */
  readonly claudeMode: boolean;
  /** `X-SheLLM-Provider`. */
  readonly headerProvider: string | undefined;
  /** `provider` of the body. */
  readonly bodyProvider: string | undefined;
  /** The client brought an OpenAI key of its own. */
  readonly credential: boolean;
}

/** What the router has to know of a provider. */
export interface RoutableProvider {
  readonly id: string;
  readonly defaultModel: string;
  /** Whether it takes any model name and lets its vendor judge. */
  readonly passesAnyModel: boolean;
  models(): readonly string[];
  usable(credential: boolean): boolean;
}

export interface Routes {
  /** Every provider that may be named, in the table's order. */
  readonly known: readonly RoutableProvider[];
  /** Those that a name alone may lead to. */
  readonly enabled: readonly RoutableProvider[];
  readonly defaultProvider: string | undefined;
}

/**
 * The mode router: which provider and model serve a request. Pure; the first step that matches wins.
 * A provider that is known but not usable is returned all the same: who runs it says why it cannot.
 *
 * @throws GatewayError `invalid_header_value`, `invalid_parameter` or `model_not_found`, with the names there are
 */
export function routeModel(request: RouteRequest, routes: Routes): ModelId {
  const named = namedProvider(request, routes);
  if (named) return { provider: named.id, model: modelWithin(named, request, routes) };
  return byName(request, routes) ?? byDefault(request, routes) ?? notFound(request.model, routes);
}

/** Steps 3 to 5: what a model's name alone leads to; undefined where it leads nowhere. */
export function byName(request: RouteRequest, routes: Routes): ModelId | undefined {
  return byProviderPrefix(request.model, routes.known) ?? byAlias(request.model, routes.known) ?? byListing(request, routes) ?? byVendor(request, routes);
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

function modelWithin(provider: RoutableProvider, { model, claudeMode }: RouteRequest, routes: Routes): string {
  if (model === provider.id) return provider.defaultModel;
  if (model.startsWith(`${provider.id}/`)) return model.slice(provider.id.length + 1);
  const target = aliases.get(model);
  if (target?.startsWith(`${provider.id}/`)) return target.slice(provider.id.length + 1);
  if (!claudeMode) return model;
  const mapped = claudeNameFor(model);
  if (mapped !== undefined) return mapped;
  // Claude is what was asked for; a name that is no Claude's has no place to go.
  return vendorOf(model) === 'claude' || provider.models().includes(model) ? model : notFound(model, routes);
}

/** Step 3: `<provider id>/<model>`, or a provider id alone. */
function byProviderPrefix(model: string, known: readonly RoutableProvider[]): ModelId | undefined {
  for (const { id, defaultModel } of known) {
    if (model === id) return { provider: id, model: defaultModel };
    if (model.startsWith(`${id}/`) && model.length > id.length + 1) return { provider: id, model: model.slice(id.length + 1) };
  }
  return undefined;
}

/** Step 4. */
function byAlias(model: string, known: readonly RoutableProvider[]): ModelId | undefined {
  const target = aliases.get(model);
  return target === undefined ? undefined : byProviderPrefix(target, known);
}

/** Step 5, first half: exactly one usable provider lists it. */
function byListing({ model, credential }: RouteRequest, { enabled }: Routes): ModelId | undefined {
  const [first, second] = enabled.filter((provider) => provider.usable(credential) && provider.models().includes(model));
  return first && !second ? { provider: first.id, model } : undefined;
}

/** Step 5, second half: the name tells the vendor; else the first of the table that lists it. */
function byVendor({ model, credential }: RouteRequest, { enabled }: Routes): ModelId | undefined {
  const vendor = vendorOf(model);
  const provider =
    enabled.find((each) => each.id === vendor && (vendor !== 'openai' || each.usable(credential))) ??
    (vendor === 'openai' ? enabled.find(({ id }) => id === 'codex') : undefined) ??
    enabled.find((each) => each.models().includes(model));
  return provider && { provider: provider.id, model };
}

/** Step 6: the default provider; else OpenAI, where it has a key; else the demo, where nothing else is there. */
function byDefault({ model, credential }: RouteRequest, { enabled, defaultProvider }: Routes): ModelId | undefined {
  const wanted = defaultProvider ?? 'openai';
  const provider = enabled.find((each) => each.id === wanted && (defaultProvider !== undefined || each.usable(credential)));
  if (provider) return { provider: provider.id, model: defaultModelFor(provider, model) };
  const demo = enabled.find(({ id }) => id === 'demo');
  return demo && !enabled.some((each) => each.id !== 'demo' && each.usable(credential)) ? { provider: demo.id, model: demo.defaultModel } : undefined;
}

/** A pass-through vendor judges any name itself; a CLI knows no foreign names. `X-SheLLM-Model` tells what ran. */
function defaultModelFor(provider: RoutableProvider, model: string): string {
  if (provider.passesAnyModel || provider.models().includes(model)) return model;
  return (provider.id === 'claude' ? claudeNameFor(model) : undefined) ?? provider.defaultModel;
}

function notFound(model: string, { enabled }: Routes): never {
  const names = enabled.filter((provider) => provider.usable(false)).flatMap((provider) => provider.models().map((name) => `${provider.id}/${name}`));
  const there = names.length > 0 ? `There is: ${names.slice(0, 30).join(', ')}${names.length > 30 ? ', …' : ''}.` : 'No provider is usable at the moment.';
  throw new GatewayError('model_not_found', `The model "${clip(model)}" does not exist. ${there}`, { param: 'model' });
}

function idsOf(providers: readonly RoutableProvider[]): string {
  return providers.map(({ id }) => id).join(', ');
}

function clip(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}
