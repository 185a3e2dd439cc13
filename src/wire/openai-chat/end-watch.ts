import { StreamTail } from './stream-tail.js';
import { GatewayError } from '../../kernel/gateway-error.js';

/** Outside of a text: inside one, quotes are escaped and no line begins. */
const END = /^data: ?\[DONE\]|"finish_reason"\s*:\s*"|^data: ?\{\s*"error"\s*:\s*\{/m;

const CHUNK = /^data: ?\{/m;
const FAILURE = /^data: ?\{\s*"error"\s*:\s*\{/m;

/** Whether a chat stream that passes as bytes came to its end: one that closes without having said anything, or without having said that it is over, was cut. */
export class EndWatch {
  #said = false;

  /**
   * @param failed told where the stream ends with an error of the vendor's own, which passes as it is
   * @param tail hears what passes
   */
  constructor(
    private readonly failed: () => void,
    private readonly tail = new StreamTail(),
  ) {}

  see(piece: Buffer): void {
    this.#said ||= piece.includes('data: {');
    this.tail.push(piece);
  }

  /** It closed. @throws GatewayError `upstream_error` where it was cut, as one that breaks */
  closed(): void {
    const { text } = this.tail;
    if (FAILURE.test(text)) this.failed();
    if (!END.test(text) || !(this.#said || CHUNK.test(text)))
      throw new GatewayError('upstream_error', 'The provider ended its stream before its answer was complete.', { shouldRetry: false });
  }
}
