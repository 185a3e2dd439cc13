import { type OperatorFunction, pipe } from 'rxjs';
import { type Facts, type WireFormat } from '../kernel/answer.js';
import { type Redactor } from '../kernel/text-filter.js';
import { passThroughRedactor } from '../redaction/create-redactor.js';
import { endsWhole } from '../wire/openai-chat/ends-whole.js';
import { inspectCompletion } from '../wire/openai-chat/inspect-completion.js';
import { inspectStream } from '../wire/openai-chat/inspect-stream.js';
import { type StreamTail } from '../wire/openai-chat/stream-tail.js';

interface Watching {
  /** Hears a stream as its vendor tells it. */
  readonly tail?: StreamTail;
  /** Whether the client does not see the usage of a stream. */
  readonly hidesUsage?: boolean;
}

type Inspect = (redactor: Redactor, observe: (facts: Facts) => void, watching?: Watching) => OperatorFunction<Buffer, Buffer>;

const openAi = {
  stream: (redactor, observe, { tail, hidesUsage } = {}) =>
    pipe(
      endsWhole(() => {
        observe({ failed: true });
      }, tail),
      inspectStream(redactor, observe, hidesUsage),
    ),
  completion: (redactor, observe) => inspectCompletion(redactor, observe, 'choices'),
} satisfies Record<string, Inspect>;

/** The taps on bytes that are passed on: what redacts them and reads their facts, per dialect. A completion comes out as one Buffer. */
export const inspectors: Readonly<Record<WireFormat, { readonly stream: Inspect; readonly completion: Inspect }>> = {
  'openai-chat': openAi,
  'openai-completions': openAi,
  // Numbers, or their bytes in base64: nothing to be read in them.
  'openai-embeddings': { ...openAi, completion: (_, observe) => inspectCompletion(passThroughRedactor, observe, 'data') },
};

const refusal: Inspect = (redactor, observe) => inspectCompletion(redactor, observe);

/** The same for a vendor's refusal: never a stream, and words in every dialect. */
export const refusals = { stream: refusal, completion: refusal };
