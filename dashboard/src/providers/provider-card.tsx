import { type ComponentChildren } from 'preact';
import { type Provider } from '../api/providers.ts';
import { Command } from '../components/command.tsx';
import { Status } from '../components/status.tsx';
import { duration } from '../format/numbers.ts';
import { CapabilityList } from './capability-list.tsx';
import { QuotaMeter } from './quota-meter.tsx';
import { commandsIn, stateOf } from './state.ts';
import '../components/panel.css';

/** How one provider is. */
export function ProviderCard({ provider }: { readonly provider: Provider }) {
  const { id, kind, models, default_model: defaultModel, quota, capabilities, restricted } = provider;
  const { tone, words } = stateOf(provider);
  return (
    <article class="panel provider" aria-labelledby={`provider-${id}`}>
      <header class="row apart">
        <div>
          <h2 id={`provider-${id}`}>{id}</h2>
          <p class="muted">{kind.toLowerCase() === 'cli' ? 'CLI, a process on this machine' : 'API, over the network'}</p>
        </div>
        <Status tone={tone}>{words}</Status>
      </header>
      <Advice provider={provider} />
      <dl class="facts">
        <Fact name="Billed by">{billing(provider)}</Fact>
        {defaultModel && (
          <Fact name="Default model">
            <code>{defaultModel}</code>
          </Fact>
        )}
        {restricted && <Fact name="For">keys whose models name it</Fact>}
      </dl>
      {quota?.map((window) => (
        <QuotaMeter key={window.window} quota={window} />
      ))}
      <Models models={models} />
      <div>
        <h3>Capabilities</h3>
        <CapabilityList capabilities={capabilities} />
      </div>
    </article>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function billing({ auth, authenticated, enabled }: Provider): string {
  if (auth === 'subscription') return 'subscription';
  if (auth === 'api_key') return 'API key';
  return authenticated && enabled ? 'nobody' : 'not known';
}

/** What is wrong, and what mends it. */
function Advice({ provider }: { readonly provider: Provider }) {
  const { breaker } = provider;
  const resting = breaker?.open === true;
  const advice = adviceOf(provider);
  if (advice === '' && !resting) return null;
  return (
    <div class="advice" data-tone={stateOf(provider).tone}>
      {resting && <p>{rest(breaker.retry_after)}</p>}
      {advice !== '' && <p>{sentence(advice)}</p>}
      {commandsIn(advice).map((command) => (
        <Command key={command} text={command} />
      ))}
    </div>
  );
}

function adviceOf({ enabled, detail, what_to_do: todo }: Provider): string {
  // The detail is of the last look at it, so it knows best.
  return enabled ? (detail ?? todo ?? '') : 'It is not among the providers that are switched on: SHELLM_PROVIDERS names them.';
}

function rest(seconds: number | null | undefined): string {
  return `It failed several times in a row, so it gets no requests ${seconds ? `for another ${duration(seconds)}` : 'for a while'}. Then one tries.`;
}

/** As it is, or what makes a sentence of it; the commands in it stand below once more. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replaceAll('`', '').replace(/\.$/, '')}.`;
}

function Models({ models }: { readonly models: readonly string[] }) {
  return (
    <details class="models" open={models.length > 0 && models.length <= 6}>
      <summary>
        <h3>{models.length === 0 ? 'Models: whatever the vendor knows' : `Models (${models.length})`}</h3>
      </summary>
      <ul class="row">
        {models.map((model) => (
          <li key={model}>
            <code>{model}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
