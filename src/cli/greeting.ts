import { paint } from './paint.js';
import { markOf, stateOf } from './provider-state.js';
import { tableOf } from './table.js';
import { type Installation } from '../providers/installation.js';
import { type ProviderStatus } from '../providers/provider.js';

export interface GreetedProvider {
  readonly id: string;
  /** Undefined: nobody has installed or configured it. */
  readonly status: ProviderStatus | undefined;
  readonly installation: Installation | undefined;
  readonly whatToDo: string;
}

export interface Greeting {
  readonly version: string;
  readonly url: string;
  /** Nothing was ever served on this data folder. */
  readonly first: boolean;
  readonly providers: readonly GreetedProvider[];
  /** Who may ask: everybody, on this machine or on the network, or whoever has a key. */
  readonly access: 'machine' | 'network' | { readonly configured: number; readonly issued: number };
}

/** What the server says on a terminal when it listens. */
export function greetingOf(greeting: Greeting): string {
  const { first, providers, url } = greeting;
  const usable = providers.filter(({ status }) => status?.status === 'ready');
  // Whoever has nothing but the demo has not really begun.
  const long = first || usable.every(({ id }) => id === 'demo');
  const shown = providers.filter(({ status }) => long || status !== undefined);
  const parts = [
    tableOf([
      ['  dashboard', paint('cyan', `${url}/dashboard`)],
      ['  API docs', paint('cyan', `${url}/docs`)],
    ]),
    tableOf(shown.map(rowOf)),
    `  ${accessOf(greeting)}\n`,
    ...(long ? [exampleOf(greeting, usable[0]?.id)] : []),
  ];
  return `${parts.join('\n')}\n`;
}

/** The first line, which is there before the providers are asked. */
export function titleOf({ version, url }: Pick<Greeting, 'version' | 'url'>): string {
  return `\n  ${paint('bold', `SheLLM ${version}`)} is listening at ${paint('cyan', url)}\n\n`;
}

function rowOf({ id, status, installation, whatToDo }: GreetedProvider): string[] {
  if (!status) return [`  ${paint('dim', '–')} ${id}`, '', paint('dim', whatToDo)];
  const billed = status.status === 'ready' ? installation?.keyVariable : undefined;
  return [`  ${markOf(status.status === 'ready')} ${id}`, installation?.version ?? '', billed === undefined ? stateOf(status) : `ready, ${billed} is billed`];
}

function accessOf({ access }: Greeting): string {
  if (access === 'machine') return 'Everybody on this machine may ask, without a key, until there is one: `shellm keys create NAME`';
  if (access === 'network') return paint('yellow', 'Everybody who can reach this address may ask, without a key. `shellm keys create NAME` ends that.');
  const { configured, issued } = access;
  const counts = [...(configured > 0 ? [`${configured} of SHELLM_CLIENTS`] : []), ...(issued > 0 ? [`${issued} issued`] : [])];
  return `A key is needed: there ${configured + issued === 1 ? 'is' : 'are'} ${counts.join(' and ') || 'none'}. \`shellm keys create NAME\` issues one.`;
}

function exampleOf({ url, access }: Greeting, model: string | undefined): string {
  if (model === undefined) return '  No provider is usable yet. `shellm doctor` says what mends it.\n';
  const key = typeof access === 'string' ? '' : `-H "Authorization: Bearer $SHELLM_API_KEY" `;
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
  return `  Try it:\n  curl ${url}/v1/chat/completions ${key}-H "Content-Type: application/json" -d '${body}'\n`;
}
