import { defer, type Observable } from 'rxjs';
import { toGatewayError } from '../kernel/gateway-error.js';
import { type ModelId } from '../kernel/model-id.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { requestContext } from '../observability/request-context.js';
import { genAiProvider } from '../observability/tracing/gen-ai-provider.js';
import { type Span } from '../observability/tracing/span.js';
import { type Provider } from '../providers/provider.js';
import { listen, type Listener } from '../streaming/listen.js';

/** Whoever left in the midst of an answer. */
const LEFT = 'client_closed_request';

/** The span of one provider's try, which all that is done for it is in; undefined where nothing is traced. */
export function beginAttempt({ provider: id, model }: ModelId, { kind }: Provider): Span | undefined {
  const context = requestContext.getStore();
  if (!context?.completion) return undefined;
  context.span = context.completion.child(`attempt ${id}`, kind === 'api' ? 'client' : 'internal', {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': genAiProvider(id),
    'gen_ai.request.model': model,
    'shellm.provider': id,
  });
  return context.span;
}

/** Ends the span with what it is for. */
export function spanOf(span: Span | undefined): Listener<unknown> {
  return {
    completed: () => span?.end(),
    failed: (error) => span?.end({}, toGatewayError(error).code),
    left: () => span?.end({}, LEFT),
  };
}

/** The same events, in the span of an attempt that begins with the first to listen. */
export function attempted(id: ModelId, provider: Provider, events: Observable<StreamEvent>): Observable<StreamEvent> {
  if (!requestContext.getStore()?.completion) return events;
  return defer(() => {
    const span = beginAttempt(id, provider);
    // Some leave at the last word.
    const next = ({ type }: StreamEvent): void => {
      if (type === 'stream-end') span?.end();
    };
    return events.pipe(listen([{ ...spanOf(span), next }]));
  });
}
