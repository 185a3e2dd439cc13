import { type OperatorFunction } from 'rxjs';
import { type Facts, type WireFormat } from '../kernel/answer.js';
import { type Redactor } from '../kernel/text-filter.js';
import { passThroughRedactor } from '../redaction/create-redactor.js';
import { EndWatch } from '../wire/openai-chat/end-watch.js';
import { inspectCompletion } from '../wire/openai-chat/inspect-completion.js';
import { inspectStream } from '../wire/openai-chat/inspect-stream.js';
import { type StreamTail } from '../wire/openai-chat/stream-tail.js';

interface Watching {
  /** Hears a stream as its vendor tells it. */
  readonly tail?: StreamTail;
  /** Whether the client does not see the usage of a stream. */
  readonly hidesUsage?: boolean;
}

type Observe = (facts: Facts) => void;

/** What redacts bytes that are passed on and reads their facts. */
export interface Inspectors {
  stream(redactor: Redactor, observe: Observe, watching?: Watching): OperatorFunction<Buffer, Buffer>;
  /** @throws GatewayError `upstream_error` for what is no answer of the dialect */
  completion(body: Buffer, redactor: Redactor, observe: Observe): Buffer;
}

const openAi: Inspectors = {
  stream: (redactor, observe, { tail, hidesUsage = false } = {}) => {
    const failed = (): void => {
      observe({ failed: true });
    };
    return inspectStream(redactor, observe, { hidesUsage, end: new EndWatch(failed, tail) });
  },
  completion: (body, redactor, observe) => inspectCompletion(body, redactor, observe, 'choices'),
};

export const inspectors: Readonly<Record<WireFormat, Inspectors>> = {
  'openai-chat': openAi,
  'openai-completions': openAi,
  // Numbers, or their bytes in base64: nothing to be read in them.
  'openai-embeddings': { ...openAi, completion: (body, _, observe) => inspectCompletion(body, passThroughRedactor, observe, 'data') },
};
