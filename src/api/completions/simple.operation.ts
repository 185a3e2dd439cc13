import { Injectable } from '@nestjs/common';
import { SimpleCompletionDto } from './simple-completion.dto.js';
import { writtenFailure } from '../written-failure.js';
import { type Client } from '../../auth/client.js';
import { CacheSettings } from '../../cache/cache-settings.js';
import { requestedTtl } from '../../cache/requested-ttl.js';
import { type Asked, type Operation, type Prepared } from '../../completion/operation.js';
import { type Outcome } from '../../completion/outcome.js';
import { turnOf } from '../../completion/turn-of.js';
import { checkEnvelope } from '../../http/envelope.pipe.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { formatModelId } from '../../kernel/model-id.js';
import { asksForTemplate } from '../../templates/expand-body.js';
import { TemplateService } from '../../templates/template.service.js';
import { type AnswerFacts } from '../../wire/simple-completion/answer-facts.js';
import { decodeSimpleRequest } from '../../wire/simple-completion/decode-request.js';
import { encodeSimpleCompletion } from '../../wire/simple-completion/encode-completion.js';
import { encodeSimpleFailure, encodeSimpleStream } from '../../wire/simple-completion/encode-stream.js';
import { type JsonObject } from '../../wire/value-reader.js';

@Injectable()
export class SimpleOperation implements Operation<SimpleCompletionDto> {
  readonly endpoint: string = '/completions';
  readonly failure = writtenFailure;
  protected readonly stream: boolean = false;

  constructor(
    private readonly templates: TemplateService,
    private readonly cache: CacheSettings,
  ) {}

  check(body: unknown): SimpleCompletionDto {
    return checkEnvelope(body, SimpleCompletionDto);
  }

  expand(dto: SimpleCompletionDto, client: Client): Promise<SimpleCompletionDto> | undefined {
    return asksForTemplate(dto) ? (this.templates.intoPrompt(client, dto as unknown as JsonObject) as Promise<unknown> as Promise<SimpleCompletionDto>) : undefined;
  }

  prepare(dto: SimpleCompletionDto, { hints, requestId }: Asked): Prepared {
    const began = performance.now();
    const { stream } = this;
    const body = dto as unknown as JsonObject;
    if (!stream && body['stream'] === true) throw new GatewayError('invalid_parameter', 'POST /completions/stream streams.', { param: 'stream' });
    const asked = decodeSimpleRequest(body);
    return {
      call: {
        format: undefined,
        body,
        decode: () => asked,
        route: hints.route,
        ...turnOf(dto, hints),
        fallback: dto.fallback !== false,
        stream,
        cache: requestedTtl(dto.cache, this.cache.ttlS),
      },
      answer: (outcome) => {
        const facts = (): AnswerFacts => factsOf(outcome, dto, requestId, began);
        return { stream, frames: encodeSimpleStream(facts), body: (completion) => encodeSimpleCompletion(completion, facts()), failure: encodeSimpleFailure };
      },
    };
  }
}

/** The same, streamed. */
@Injectable()
export class SimpleStreamOperation extends SimpleOperation {
  override readonly endpoint = '/completions/stream';
  protected override readonly stream = true;
}

function factsOf({ target, fallback, cache }: Outcome, { model }: SimpleCompletionDto, requestId: string, began: number): AnswerFacts {
  return { provider: target.provider, model: model ?? formatModelId(target), durationMs: Math.round(performance.now() - began), requestId, cached: cache?.hit === true, fallback };
}
