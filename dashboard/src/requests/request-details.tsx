import { type ComponentChildren } from 'preact';
import { Command } from '../components/command.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Facts } from '../components/facts.tsx';
import { Message } from '../components/message.tsx';
import { wordsOf } from '../error-words.ts';
import { exactly } from '../format/moments.ts';
import { dollars, exact, milliseconds } from '../format/numbers.ts';
import { type LoggedRequest } from './request-log.ts';
import { Outcome } from './request-rows.tsx';

/** All that is known of a request; what was said is kept nowhere. */
export function RequestDetails({ request, onClose }: { readonly request: LoggedRequest; readonly onClose: () => void }) {
  const words = wordsOf(request.error, request.status);
  return (
    <Dialog title="Request" side onClose={onClose}>
      {words && (
        <Message kind={request.status === 499 ? 'info' : 'bad'} title={words.what}>
          <p>{words.todo}</p>
        </Message>
      )}
      <Facts of={factsOf(request)} />
      {request.request_id !== null && (
        <div class="stack">
          <h3>Request id</h3>
          <p class="muted">The header X-Request-ID of the answer, and in every line of the log.</p>
          <Command text={request.request_id} what="request id" />
        </div>
      )}
    </Dialog>
  );
}

function factsOf(request: LoggedRequest): Readonly<Record<string, ComponentChildren>> {
  const { cached_tokens: cached, reasoning_tokens: reasoning } = request;
  return {
    Outcome: <Outcome {...request} />,
    Began: exactly(Date.parse(request.started_at)),
    Client: request.client,
    Provider: request.provider,
    Model: request.model,
    'In place of': request.fallback_from,
    Latency: milliseconds(request.latency_ms),
    'First word after': request.ttft_ms === null ? null : milliseconds(request.ttft_ms),
    Streamed: request.streamed ? 'yes' : 'no',
    'Prompt tokens': `${exact(request.prompt_tokens)}${cached > 0 ? `, ${exact(cached)} of them cached` : ''}`,
    'Completion tokens': `${exact(request.completion_tokens)}${reasoning > 0 ? `, ${exact(reasoning)} of them reasoning` : ''}`,
    Figures: request.estimated ? 'an estimate: the provider gave none' : "the provider's own",
    Cost: request.cost_usd === null ? 'the model has no price' : dollars(request.cost_usd),
    'Response cache': request.cache,
    'In a session': request.session ? 'yes' : 'no',
  };
}
