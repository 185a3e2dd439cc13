import { type Type } from '@nestjs/common';
import { writtenFailure } from './written-failure.js';
import { type AnswerFormat, type Asked, type Operation, type Prepared } from '../completion/operation.js';
import { checkEnvelope } from '../http/envelope.pipe.js';
import { type WireFormat } from '../kernel/answer.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { encodeError } from '../wire/openai-chat/encode-error.js';
import { encodeFrame } from '../wire/sse/frame.js';

interface PassedOnBody {
  readonly model: string;
  readonly stream?: boolean | null;
}

interface PassedOnForm<Body> {
  readonly endpoint: string;
  readonly dto: Type<Body>;
  readonly format: WireFormat;
  /** What the endpoint does, for those who cannot do it: `embeddings`. */
  readonly what: string;
  /** What to use there instead. */
  readonly instead: string;
}

/** An endpoint whose requests go to an API vendor as they are, and to nobody else. */
export class PassedOnOperation<Body extends PassedOnBody> implements Operation<Body> {
  readonly failure = writtenFailure;

  constructor(private readonly form: PassedOnForm<Body>) {}

  get endpoint(): string {
    return this.form.endpoint;
  }

  check(body: unknown): Body {
    return checkEnvelope(body, this.form.dto);
  }

  prepare(body: Body, { hints }: Asked): Prepared {
    const { format, what, instead } = this.form;
    const { route, session, sessionHeader } = hints;
    if (session !== undefined) {
      throw new GatewayError('unsupported_operation', `There are no sessions for ${what}, and a header asks for one.`, {
        ...(sessionHeader === undefined ? {} : { param: sessionHeader }),
      });
    }
    const impossible = (): never => {
      throw new GatewayError('unsupported_operation', `Only API providers make ${what}, and "${body.model.slice(0, 80)}" leads to none. ${instead}`, { param: 'model' });
    };
    const stream = body.stream === true;
    const answer: AnswerFormat = { stream, frames: impossible, body: impossible, failure: (error) => encodeFrame({ data: JSON.stringify(encodeError(error)) }) };
    return {
      call: { format, body: body as unknown as Record<string, unknown>, decode: impossible, route, session, fallback: false, stream },
      answer: () => answer,
    };
  }
}
